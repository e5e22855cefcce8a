"""The ways in which people can be written to, each of which they agree to or not."""

CHANNELS = ("email", "sms", "wechat", "phone", "post")
