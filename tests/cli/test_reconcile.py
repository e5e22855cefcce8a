"""`stock reconcile`: what people and scripts get when all agree, and when not."""

import sqlite3


def test_all_agree(do):
    done = do("stock reconcile")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == "all agree"
    assert [line.split()[::2] for line in done.out.splitlines()[2:5]] == [
        ["documents", "1920.00"], ["index", "1920.00"], ["journal", "1920.00"],
    ]  # fmt: skip
    assert do("stock reconcile --json").json == []


def test_a_difference_is_a_row_that_is_explained(do, book):
    assert do("stock on-hand").code == 0
    with sqlite3.connect(book / ".bizcli" / "index.db") as index:
        index.execute("UPDATE shelf SET qty = qty - 1000000")
    done = do("stock reconcile")
    assert done.code == 1 and "TSHIRT-M" in done.out and "`bizcli build` compiles anew" in done.out
    assert "索引" in do("--lang zh stock reconcile").out
    done = do("stock reconcile --json")
    assert done.code == 1 and '"difference": "-1"' in done.out
    assert do("build").code == 0
    assert do("stock reconcile").code == 0
