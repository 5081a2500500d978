from __future__ import annotations

from tests.house.architecture import templates


def test_templates_are_words_and_structure() -> None:
    found = [fault for path in templates.templates() for fault in templates.faults(path)]

    assert not found, "\n".join(found)


def test_words_outside_a_translation_are_found() -> None:
    said = (
        '<p class="x">{% translate "Open" %} {{ name }} still to say</p><b title="Close it">x</b>'
    )

    assert templates.untranslated(said) == ["still to say", "Close it"]


def test_a_translated_block_and_a_name_are_left_alone() -> None:
    said = (
        "<h1>Filo</h1>{% blocktranslate %}one {{ c }}{% endblocktranslate %}&nbsp;<svg>path</svg>"
    )

    assert templates.untranslated(said) == []
