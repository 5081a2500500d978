from __future__ import annotations

from tests.house.architecture import sizes


def test_a_function_fits_on_a_screen() -> None:
    over = [measure for measure in sizes.functions() if measure.is_over]

    assert not over, "give its steps names:\n" + "\n".join(f"{m.name}: {m.lines}" for m in over)


def test_a_file_is_about_one_thing() -> None:
    over = [measure for measure in sizes.files() if measure.is_over]

    assert not over, "it is about two things:\n" + "\n".join(f"{m.name}: {m.lines}" for m in over)
