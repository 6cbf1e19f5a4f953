"""What people write, in a page."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from planner import markdown

register = template.Library()


@register.filter
def people_words(text: str) -> SafeString:
    """Their Markdown as safe HTML, without marking anybody."""
    return markdown.render(text)
