"""The committed templates are what the code makes, and what workbooks.md §3, §8, §11 ask for."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from addin.build import templates
from addin.build.notes import choices_of, typeset
from addin.build.parameters import parameter_rows
from addin.build.readers import (
    LEDGER_COLUMNS,
    MADE_FROM,
    MASTER_READERS,
    ON_LEDGERS,
    codes_reading,
)
from addin.hosts import intake
from addin.hosts.grid import Grid
from addin.reports import agent_statement, callback, dashboard, deposit_statement
from addin.rules.parameters import PARAMETERS
from addin.rules.rule import all_rules
from addin.tables import catalogue, locate, masters
from addin.tables.fields import Field, SheetSpec, Type

MASTERS = "基础资料.xlsx"
REPORTS = {f"{layout.name}.xlsx": layout for layout in templates.REPORTS}
ENTRIES = {"安装单.xlsx": catalogue.INSTALL, "维修单.xlsx": catalogue.REPAIR}

SHEETS: list[tuple[str, SheetSpec]] = [
    *((MASTERS, spec) for spec in catalogue.MASTERS),
    *ENTRIES.items(),
    ("结算历史.xlsx", catalogue.HISTORY),
    *((f"{plan.spec.name}.xlsx", plan.spec) for plan in templates.LEDGERS),
    *((name, layout.sheet) for name, layout in REPORTS.items()),
]
FIELDS = [(book, spec, item) for book, spec in SHEETS for item in spec.fields]
LISTED = [(book, spec, item) for book, spec, item in FIELDS if choices_of(item)]

PAPERS = {f"{agent_statement.TEMPLATE}.xlsx", f"{dashboard.NAME}.xlsx"}
"""Nobody types into them, so they offer no lists."""

each_book = pytest.mark.parametrize("name", templates.BOOKS)
each_sheet = pytest.mark.parametrize(("name", "spec"), SHEETS, ids=[s.name for _, s in SHEETS])
each_report = pytest.mark.parametrize("name", REPORTS)


def _field_id(case: tuple[str, SheetSpec, Field]) -> str:
    return f"{case[1].name}-{case[2].header}"


@cache
def book(name: str) -> Workbook:
    with pytest.warns(UserWarning, match="Print area"):  # openpyxl knows no whole columns
        return load_workbook(templates.FOLDER / name)


@cache
def made(name: str) -> Workbook:
    """Before it is written: openpyxl does not read the size of a note back."""
    return templates.BOOKS[name]()


def column_of(spec: SheetSpec, item: Field) -> int:
    return spec.fields.index(item) + 1


def validations_of(sheet: Worksheet, row: int, column: int) -> Iterator[DataValidation]:
    coordinate = f"{get_column_letter(column)}{row}"
    return (rule for rule in sheet.data_validations.dataValidation if coordinate in rule.sqref)


# --- the files ------------------------------------------------------------------------------


@each_book
def test_a_committed_template_is_byte_for_byte_what_the_code_makes(name: str) -> None:
    fresh = templates.pack(templates.BOOKS[name]())
    assert (templates.FOLDER / name).read_bytes() == fresh, "run: python -m addin.build.templates"


def test_no_template_lies_there_that_the_code_does_not_make() -> None:
    assert {path.name for path in templates.FOLDER.glob("*.xlsx")} == set(templates.BOOKS)


@each_book
def test_a_template_passes_the_door_that_every_workbook_passes(name: str) -> None:
    intake.inspect(templates.FOLDER / name)


@each_sheet
def test_calamine_reads_the_headers_in_the_order_of_the_catalogue(
    name: str, spec: SheetSpec
) -> None:
    sheet = CalamineWorkbook.from_path(templates.FOLDER / name).get_sheet_by_name(spec.name)
    rows = sheet.to_python(skip_empty_area=False)
    assert tuple(rows[2]) == spec.headers


@pytest.mark.libreoffice
@each_book
def test_libreoffice_prints_a_template(name: str, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        assert not os.environ.get("CI"), "LibreOffice must be installed in CI"
        pytest.skip("LibreOffice is not installed")
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(templates.FOLDER / name)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    printed = (tmp_path / name).with_suffix(".pdf").read_bytes()
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    sheets = book(name).worksheets
    assert 1 <= pages <= 2 * len(sheets) + sum(len(sheet.row_breaks) for sheet in sheets)


# --- what the reader makes of them ----------------------------------------------------------


def _grid(sheet: Worksheet) -> Grid:
    return Grid([[cell.value for cell in row] for row in sheet.iter_rows()])


@pytest.mark.parametrize("name", ENTRIES)
def test_the_reader_finds_every_field_of_a_blank_slip_form(name: str) -> None:
    spec = ENTRIES[name]
    found = locate.find(_grid(book(name)[spec.name]), spec, workbook=name, sheet=spec.name)
    assert set(found.columns) == {item.name for item in spec.fields}


def test_blank_masters_read_without_a_complaint() -> None:
    grids = {sheet.title: _grid(sheet) for sheet in book(MASTERS).worksheets}
    read = masters.from_grids(grids, MASTERS)
    assert read.notices == []
    assert read.settings == {"录入文件夹": "录入", "输出文件夹": "输出", "随机种子": "20260101"}
    assert len(read[catalogue.OUTLETS]) == 0


# --- headers --------------------------------------------------------------------------------


@each_sheet
def test_headers_stand_in_row_3_in_order(name: str, spec: SheetSpec) -> None:
    sheet = book(name)[spec.name]
    assert tuple(sheet.cell(3, c).value for c in range(1, sheet.max_column + 1)) == spec.headers


@pytest.mark.parametrize("case", FIELDS, ids=_field_id)
def test_a_header_says_what_it_means_what_it_takes_and_who_looks_at_it(
    case: tuple[str, SheetSpec, Field],
) -> None:
    name, spec, item = case
    note = book(name)[spec.name].cell(3, column_of(spec, item)).comment
    assert note is not None
    assert note.text.startswith(item.header)
    assert typeset(item.help) in note.text
    for code in codes_reading(spec, item, all_rules()):
        assert code in note.text
    for value in (choices_of(item) or catalogue.VERDICT).values if choices_of(item) else ():
        assert value in note.text


@pytest.mark.parametrize(
    "case", [c for c in FIELDS if c[0] not in REPORTS], ids=_field_id
)  # fmt: skip
def test_a_field_that_a_person_fills_in_is_explained(case: tuple[str, SheetSpec, Field]) -> None:
    name, spec, item = case
    note = book(name)[spec.name].cell(3, column_of(spec, item)).comment
    assert item.help
    if item.type in (Type.TEXT, Type.CODE, Type.BARCODES):
        assert "例：" in note.text, "a text cannot be guessed from its type"


@pytest.mark.parametrize("case", FIELDS, ids=_field_id)
def test_a_note_is_tall_enough_for_its_text(case: tuple[str, SheetSpec, Field]) -> None:
    name, spec, item = case
    note = made(name)[spec.name].cell(3, column_of(spec, item)).comment
    assert note is not None
    pixels = [sum(7.5 if c.isascii() else 14 for c in line) for line in note.text.split("\n")]
    lines = sum(math.ceil(line / (note.width - 20)) for line in pixels)  # 10 pt, with margins
    assert note.height >= 18 * lines


UNNAMED = {
    "R018",  # about every cell
    "R704", "R706", "R707", "R708",  # about sheets that have no template yet
    "R705",  # about the month
}  # fmt: skip


def test_every_rule_is_named_on_a_header_but_those_that_are_about_no_column() -> None:
    named = {code for _, spec, f in FIELDS for code in codes_reading(spec, f, all_rules())}
    assert {rule.code for rule in all_rules()} - named == UNNAMED
    assert named <= {rule.code for rule in all_rules()}


def test_the_tables_of_readers_speak_of_fields_and_columns_that_exist() -> None:
    specs = {spec.name: spec for _, spec in SHEETS}
    for sheet, fields in MASTER_READERS.items():
        assert all(name in specs[sheet] for name in fields), sheet
    inputs = {name for rule in all_rules() for name in rule.inputs}
    assert set(MADE_FROM) <= inputs
    entered = {item.name for spec in ENTRIES.values() for item in spec.fields}
    assert {name for names in MADE_FROM.values() for name in names} <= entered
    assert set(ON_LEDGERS) <= set(specs)
    assert set(LEDGER_COLUMNS) <= inputs
    fields = {item.name for sheet in ON_LEDGERS for item in specs[sheet].fields}
    assert {name for names in LEDGER_COLUMNS.values() for name in names} <= fields


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("空白=0;含当日", "空白=0；含当日"),
        ("(元):金额", "（元）：金额"),
        ("^[A-Z0-9]{10,20}$", "^[A-Z0-9]{10,20}$"),
        ("8,20", "8,20"),
        ("例:2026-03-05", "例：2026-03-05"),
    ],
)
def test_chinese_prose_gets_full_width_punctuation(plain: str, printed: str) -> None:
    assert typeset(plain) == printed


# --- drop-down lists and limits -------------------------------------------------------------


@pytest.mark.parametrize("case", LISTED, ids=_field_id)
@pytest.mark.parametrize("row", [4, 50_000])
def test_a_list_field_offers_exactly_its_choices(
    case: tuple[str, SheetSpec, Field], row: int
) -> None:
    name, spec, item = case
    (rule,) = validations_of(book(name)[spec.name], row, column_of(spec, item))
    assert rule.type == "list"
    sheet, cells = rule.formula1.rsplit("!", 1)
    assert sheet.strip("'") == "选项"
    offered = tuple(cell.value for (cell,) in book(name)["选项"][cells.replace("$", "")])
    choices = choices_of(item)
    assert choices is not None
    assert offered == choices.values


@pytest.mark.parametrize("name", [name for name in templates.BOOKS if name not in PAPERS])
def test_the_lists_are_out_of_sight(name: str) -> None:
    assert book(name)["选项"].sheet_state == "hidden"
    assert book(name).active.title != "选项"


@pytest.mark.parametrize(
    "case", [c for c in FIELDS if c[2].type in (Type.DATE, Type.MONTH)], ids=_field_id
)
def test_a_date_lies_between_2000_and_2099(case: tuple[str, SheetSpec, Field]) -> None:
    name, spec, item = case
    (rule,) = validations_of(book(name)[spec.name], 4, column_of(spec, item))
    limits = (rule.type, rule.operator, rule.formula1, rule.formula2)
    assert limits == ("date", "between", "36526", "73050")  # 2000-01-01, 2099-12-31


@pytest.mark.parametrize("case", [c for c in FIELDS if c[2].type is Type.MONEY], ids=_field_id)
def test_an_amount_is_not_negative_but_a_cut_or_a_balance_may_be(
    case: tuple[str, SheetSpec, Field],
) -> None:
    name, spec, item = case
    rules = list(validations_of(book(name)[spec.name], 4, column_of(spec, item)))
    if item.name in {"cut", "amount", *deposit_statement.MAY_BE_NEGATIVE}:
        assert rules == []
    else:
        limits = [(rule.type, rule.operator, rule.formula1) for rule in rules]
        assert limits == [("decimal", "greaterThanOrEqual", "0")]


@each_sheet
def test_masters_stop_a_wrong_value_and_slips_only_warn(name: str, spec: SheetSpec) -> None:
    rules = book(name)[spec.name].data_validations.dataValidation
    options = [r for r in rules if spec is catalogue.PARAMETERS and str(r.sqref).startswith("G")]
    kinds = {rule.errorStyle or "stop" for rule in rules if rule not in options}
    assert kinds <= {"stop" if name == MASTERS else "warning"}
    assert all(rule.showErrorMessage and rule.error for rule in rules if rule not in options)


# --- formats and styles ---------------------------------------------------------------------

VERDICTS = {  # workbooks.md §11, written down a second time on purpose
    "结论_通过": (None, "1B5E20", False),
    "结论_提示": ("E3F2FD", "0D47A1", False),
    "结论_待查": ("FFF8E1", "7A4100", False),
    "结论_无法判断": ("F3E5F5", "4A148C", False),
    "结论_退回": ("FFE0CC", "8A2C00", False),
    "结论_拒付": ("FFDAD6", "8C0009", True),
}
OTHER_STYLES = {"表头", "标题", "合计", "金额", "日期", "文本"}


def _luminance(rgb: str) -> float:
    channels = [int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(ink: str, paper: str) -> float:
    low, high = sorted((_luminance(ink), _luminance(paper)))
    return (high + 0.05) / (low + 0.05)


def _colours(style: object) -> tuple[str | None, str, bool]:
    fill = style.fill.fgColor.rgb[-6:] if style.fill.fill_type == "solid" else None  # type: ignore[attr-defined]
    return fill, style.font.color.rgb[-6:], bool(style.font.b)  # type: ignore[attr-defined]


def test_contrast_is_computed_as_wcag_does() -> None:
    assert _contrast("000000", "FFFFFF") == pytest.approx(21)
    assert _contrast("777777", "FFFFFF") == pytest.approx(4.48, abs=0.01)


@each_book
def test_every_template_carries_every_named_style(name: str) -> None:
    assert set(VERDICTS) | OTHER_STYLES <= set(book(name).style_names)


@pytest.mark.parametrize("style", VERDICTS)
def test_a_verdict_has_its_colours(style: str) -> None:
    assert _colours(book("安装单.xlsx")._named_styles[style]) == VERDICTS[style]


@each_book
def test_every_style_can_be_read_by_weak_eyes(name: str) -> None:
    for style in book(name)._named_styles:
        if style.name != "Normal":
            fill, ink, _ = _colours(style)
            assert _contrast(ink, fill or "FFFFFF") >= 4.5, style.name


FORMATS = {
    Type.TEXT: "@", Type.CODE: "@", Type.BARCODES: "@", Type.PHONE: "@", Type.ENUM: "@",
    Type.BOOL: "@", Type.MONEY: "#,##0.00", Type.DATE: "yyyy-mm-dd", Type.MONTH: "yyyy-mm",
    Type.INT: "#,##0", Type.KM: "0.0", Type.DEC: "0.00",
}  # fmt: skip


@pytest.mark.parametrize("case", FIELDS, ids=_field_id)
def test_the_first_row_has_the_format_of_its_field(case: tuple[str, SheetSpec, Field]) -> None:
    name, spec, item = case
    assert book(name)[spec.name].cell(4, column_of(spec, item)).number_format == FORMATS[item.type]


@pytest.mark.parametrize("case", [c for c in FIELDS if c[0] not in REPORTS], ids=_field_id)
def test_what_is_pasted_far_below_keeps_the_format(case: tuple[str, SheetSpec, Field]) -> None:
    name, spec, item = case
    sheet = book(name)[spec.name]
    letter = sheet.cell(3, column_of(spec, item)).column_letter
    assert sheet.column_dimensions[letter].number_format == FORMATS[item.type]


# --- page and window ------------------------------------------------------------------------


@each_sheet
def test_a_sheet_prints_on_a4_one_page_wide_with_its_headers(name: str, spec: SheetSpec) -> None:
    sheet = book(name)[spec.name]
    printed = len(spec.fields) - (spec is callback.CALLBACK)  # the full number stays on screen
    setup = sheet.page_setup
    assert (int(setup.paperSize), setup.fitToWidth, setup.fitToHeight) == (9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert setup.orientation == ("landscape" if printed > 8 else "portrait")
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert sheet.print_title_rows in ("$3:$3", "$1:$3")
    assert sheet.auto_filter.ref or sheet.tables


@each_book
def test_the_print_area_is_the_printed_columns(name: str) -> None:
    package = (templates.FOLDER / name).read_bytes().decode("utf-8", "replace")
    areas = re.findall(r'name="_xlnm.Print_Area"[^>]*>([^<]*)<', package)
    assert areas
    assert all(re.fullmatch(r"'[^']+'!\$A:\$[A-Z]+", area) for area in areas)
    if name == "安装维修回访登记表(全国).xlsx":
        assert areas == ["'安装维修回访登记表(全国)'!$A:$P"]


@pytest.mark.parametrize(
    ("name", "sheet", "pane"),
    [
        ("安装单.xlsx", "安装单", "E4"),
        ("维修单.xlsx", "维修单", "E4"),
        ("结算历史.xlsx", "结算历史", "I4"),
        (MASTERS, "网点档案", "C4"),
        (MASTERS, "配件价格", "C4"),
        ("产品安装维修服务费用汇总表.xlsx", "产品安装维修服务费用汇总表", "E4"),
        ("安装维修回访登记表(全国).xlsx", "安装维修回访登记表(全国)", "F4"),
    ],
)
def test_the_slip_number_or_the_name_stays_in_view(name: str, sheet: str, pane: str) -> None:
    assert book(name)[sheet].freeze_panes == pane


@pytest.mark.parametrize("spec", catalogue.MASTERS, ids=lambda spec: spec.name)
def test_a_master_is_an_excel_table_with_a_row_to_begin_in(spec: SheetSpec) -> None:
    (table,) = book(MASTERS)[spec.name].tables.values()
    assert table.name == f"tbl_{spec.name}"
    assert table.ref.startswith("A3:")
    assert int(re.sub(r".*[A-Z]", "", table.ref)) >= 4
    assert tuple(column.name for column in table.tableColumns) == spec.headers


# --- 规则参数 and 填写说明 -------------------------------------------------------------------


def _parameter_lines() -> list[dict[str, object]]:
    sheet = book(MASTERS)["规则参数"]
    rows = sheet.iter_rows(min_row=4, max_col=len(catalogue.PARAMETERS.fields), values_only=True)
    return [dict(zip(catalogue.PARAMETERS.headers, row, strict=True)) for row in rows]


def test_every_rule_has_one_line_that_switches_it_on() -> None:
    rules = [line for line in _parameter_lines() if not line["参数名"]]
    shown = [(line["代码"], line["短名"], line["启用"], line["严重度"]) for line in rules]
    assert shown == [(r.code, r.name, "是", str(r.severity)) for r in all_rules()]
    assert all(line["结论"] is None for line in rules)


def test_every_parameter_has_one_line_with_its_default_in_sight() -> None:
    lines = {line["参数名"]: line for line in _parameter_lines() if line["参数名"]}
    assert set(lines) == {parameter.name for parameter in PARAMETERS}
    for parameter in PARAMETERS:
        line = lines[parameter.name]
        assert (line["默认值"] or "") == parameter.default
        assert (line["代码"] or "") == parameter.code
        assert line["参数值"] is None, "blank is the default"


def test_lines_are_sorted_by_code_and_a_rule_stands_above_its_parameters() -> None:
    lines = [(line["代码"] or "", bool(line["参数名"])) for line in _parameter_lines()]
    assert lines == sorted(lines)
    assert len(lines) == len(parameter_rows())


def test_a_parameter_with_few_values_offers_them() -> None:
    sheet = book(MASTERS)["规则参数"]
    row = 4 + [line["参数名"] for line in _parameter_lines()].index("同户判定")
    (rule,) = validations_of(sheet, row, 1 + catalogue.PARAMETERS.headers.index("参数值"))
    cells = rule.formula1.rsplit("!", 1)[1].replace("$", "")
    offered = [cell.value for (cell,) in book(MASTERS)["选项"][cells]]
    assert offered == ["电话或地址", "电话", "地址", "电话且地址"]


def test_the_first_sheet_leads_to_every_master() -> None:
    first = book(MASTERS).worksheets[0]
    assert first.title == "填写说明"
    links = [cell.hyperlink.location for row in first for cell in row if cell.hyperlink]
    assert [link.split("!")[0].strip("'") for link in links] == [s.name for s in catalogue.MASTERS]


def test_settings_are_listed_with_an_explanation() -> None:
    rows = list(book(MASTERS)["设置"].iter_rows(min_row=4, max_col=3, values_only=True))
    assert [row[0] for row in rows] == [
        "业务月", "公司名称", "录入文件夹", "输出文件夹", "结算员", "助理结算员", "售后部经理",
        "随机种子",
    ]  # fmt: skip
    assert all(row[2] for row in rows)


# --- reports --------------------------------------------------------------------------------


@each_report
def test_a_report_has_every_name_that_its_filling_needs(name: str) -> None:
    places = {n: place.attr_text for n, place in book(name).defined_names.items()}
    assert set(places) == set(REPORTS[name].names)
    annexes = {place: annex for annex in REPORTS[name].annexes for place in annex.names}
    for place, cells in places.items():
        sheet = annexes.get(place, REPORTS[name]).sheet.name
        assert cells.startswith(f"'{sheet}'!$"), place


@each_report
def test_the_rows_of_a_report_stand_in_the_order_of_workbooks_8(name: str) -> None:
    layout = REPORTS[name]
    order = ["标题", "业务月", "数据首行", "合计行", *(["大写"] if layout.words_of else []),
             "签字区", "页脚参数"]  # fmt: skip
    rows = [
        int(re.findall(r"\$(\d+)", book(name).defined_names[place].attr_text)[0])
        for place in order
    ]  # fmt: skip
    assert rows == [1, 2, *range(4, 4 + len(order) - 2)]


def test_the_summary_adds_its_fees_across_and_its_columns_down() -> None:
    sheet = book("产品安装维修服务费用汇总表.xlsx")["产品安装维修服务费用汇总表"]
    assert sheet["L4"].value == "=SUM(F4,H4,I4,J4,K4)"
    assert sheet["A5"].value == "合计"
    assert [sheet.cell(5, c).value for c in range(5, 15)] == [
        f"=SUM({letter}4:{letter}4)" for letter in "EFGHIJKLMN"
    ]
    assert sheet["L5"].number_format == "#,##0.00"
    assert sheet["E5"].number_format == "#,##0"


@each_report
def test_a_report_has_a_merged_bold_title_and_room_to_sign(name: str) -> None:
    layout = REPORTS[name]
    sheet = book(name)[layout.name]
    blank = templates.BLANK_QUARTER if layout.quarterly else templates.BLANK_MONTH
    assert sheet["A1"].value == layout.heading(blank)
    assert (sheet["A1"].font.sz, sheet["A1"].font.b) == (16, True)
    assert any(area.min_row == 1 and area.min_col == 1 for area in sheet.merged_cells.ranges)
    row = 7 if layout.words_of else 6
    signed = [cell.value for cell in sheet[row] if cell.value]
    assert signed == ["制表：", "审核：", "批准：", "日期："]


@each_report
def test_the_label_of_month_and_date_is_the_formats_and_the_value_stays_a_value(name: str) -> None:
    sheet = book(name)[REPORTS[name].name]
    formats = {cell.number_format for cell in sheet[2]}
    assert ('"季度："@' if REPORTS[name].quarterly else '"业务月："@') in formats
    assert '"制表日期："yyyy-mm-dd;;;"制表日期："@' in formats
