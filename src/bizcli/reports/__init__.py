"""Questions that every book answers, over the index. They read; what they read was compiled.

Each function takes `ask`, which runs one query and returns its rows, and gives flat rows of exact
Decimals and ISO dates, with the keys that scripts rely on.
"""

from collections.abc import Callable
from typing import Any

Ask = Callable[..., list[Any]]
Row = dict[str, Any]
