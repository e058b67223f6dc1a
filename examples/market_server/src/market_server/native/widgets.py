"""What tools find, as ChatKit's own widgets."""

from __future__ import annotations

from functools import singledispatch
from typing import Literal

from chatkit.widgets import (
    Badge,
    Box,
    Caption,
    Card,
    Divider,
    ListView,
    ListViewItem,
    Row,
    Text,
    Title,
    WidgetRoot,
)

from market_server.market.nouns import (
    Calendar,
    Event,
    Found,
    Headline,
    Impact,
    News,
    Nothing,
    Quote,
)

_Colour = Literal["secondary", "success", "danger", "warning"]

_COLOURS: dict[Impact, _Colour] = {
    "low": "secondary",
    "medium": "warning",
    "high": "danger",
}


def widget_of(found: Found) -> WidgetRoot:
    """The card or list that shows it."""
    return _widget(found)


@singledispatch
def _widget(found: object) -> WidgetRoot:
    raise TypeError(f"nobody has drawn a {type(found).__name__} yet")


@_widget.register
def _quote(found: Quote) -> WidgetRoot:
    rises = found.change >= 0
    sign = Badge(
        label=f"{found.percent:+.2f} %", color="success" if rises else "danger"
    )
    head = Row(children=[Title(value=found.symbol), sign])
    price = Text(value=f"{found.price:.2f} {found.currency}")
    change = Caption(value=f"{found.change:+.2f} since the day before")
    return Card(
        children=[
            head,
            Caption(value=found.name),
            Divider(),
            Box(children=[price, change]),
            Caption(value=found.label),
        ]
    )


@_widget.register
def _news(found: News) -> WidgetRoot:
    title = ListViewItem(
        children=[
            Box(
                children=[
                    Title(value=f"{found.name} ({found.symbol})"),
                    Caption(value=found.label),
                ]
            )
        ]
    )
    return ListView(children=[title, *map(_headline, found.headlines)])


def _headline(headline: Headline) -> ListViewItem:
    source = Caption(value=f"{headline.publisher}, {headline.day}")
    return ListViewItem(children=[Box(children=[Text(value=headline.title), source])])


@_widget.register
def _calendar(found: Calendar) -> WidgetRoot:
    rows: list[Row | Text] = [_event(event) for event in found.events]
    period = found.period.replace("_", " ")
    return Card(
        children=[
            Title(value=f"Economic calendar, {period}"),
            Caption(value=found.label),
            Divider(),
            *(rows or [Text(value="Nothing is due.")]),
        ]
    )


def _event(event: Event) -> Row:
    impact = Badge(label=event.impact, color=_COLOURS[event.impact])
    day = Caption(value=f"{event.day} {event.country}")
    return Row(children=[impact, Box(children=[Text(value=event.title), day])])


@_widget.register
def _nothing(found: Nothing) -> WidgetRoot:
    return Card(children=[Title(value="No data"), Text(value=found.message)])
