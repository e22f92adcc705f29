' Which sheets the menu of cells speaks on: a row near the top holds headers of installation or repair slips.
Option Explicit
Option Private Module

Private Const HEADER_ROWS As Long = 30
Private Const HEADER_COLUMNS As Long = 60
Private Const LEAST_HEADERS As Long = 5

' A chart sheet, or a workbook in protected view, is none.
Public Function LooksLikeSlips(sheet As Object) As Boolean
    Dim known As String
    Dim cells As Variant
    Dim row As Long
    Dim column As Long
    Dim found As Long
    On Error GoTo None
    known = ThisWorkbook.Worksheets("Headers").Range("A1").Value
    cells = sheet.Range("A1").Resize(HEADER_ROWS, HEADER_COLUMNS).Value
    For row = 1 To HEADER_ROWS
        found = 0
        For column = 1 To HEADER_COLUMNS
            If IsHeader(cells(row, column), known) Then found = found + 1
        Next column
        If found >= LEAST_HEADERS Then
            LooksLikeSlips = True
            Exit Function
        End If
    Next row
None:
End Function

Private Function IsHeader(cell As Variant, known As String) As Boolean
    If VarType(cell) <> vbString Then Exit Function
    If Trim$(cell) <> "" Then IsHeader = InStr(known, "|" & Trim$(cell) & "|") > 0
End Function
