' What the function wizard says of each formula, from the sheet that IntelliSense reads as well:
' name, help, topic, then name and help of each argument; the category stands in its head.
Option Explicit
Option Private Module

Private Const FIRST_FORMULA As Long = 2
Private Const FIRST_ARGUMENT As Long = 4

Private Const MOST_ATTEMPTS As Long = 2

Private attempts As Long

' Excel edits no macro of a hidden workbook, and an add-in is hidden: for a moment it is none.
' Before a workbook is open even that may fail, so it is tried once more when the first one is.
Public Sub DescribeFormulas()
    Dim help As Object
    Dim row As Long
    Dim updating As Boolean
    If attempts >= MOST_ATTEMPTS Then Exit Sub
    attempts = attempts + 1
    updating = Application.ScreenUpdating
    On Error GoTo Finally
    Application.ScreenUpdating = False
    Application.EnableEvents = False
    ThisWorkbook.IsAddin = False
    Set help = ThisWorkbook.Worksheets("_IntelliSense_")
    row = FIRST_FORMULA
    Do While help.Cells(row, 1).Value2 <> ""
        Describe help, row
        row = row + 1
    Loop
    attempts = MOST_ATTEMPTS
Finally:
    On Error Resume Next
    ThisWorkbook.IsAddin = True
    ThisWorkbook.Saved = True
    Application.EnableEvents = True
    Application.ScreenUpdating = updating
End Sub

Private Sub Describe(help As Object, row As Long)
    Dim texts() As String
    Dim count As Long
    Dim column As Long
    column = FIRST_ARGUMENT
    Do While help.Cells(row, column).Value2 <> ""
        ReDim Preserve texts(0 To count)
        texts(count) = help.Cells(row, column).Value2 & ":" & help.Cells(row, column + 1).Value2
        count = count + 1
        column = column + 2
    Loop
    If count = 0 Then
        Application.MacroOptions Macro:=Macro(help.Cells(row, 1).Value2), _
            Description:=help.Cells(row, 2).Value2, Category:=help.Cells(1, 3).Value2
    Else
        Application.MacroOptions Macro:=Macro(help.Cells(row, 1).Value2), _
            Description:=help.Cells(row, 2).Value2, Category:=help.Cells(1, 3).Value2, _
            ArgumentDescriptions:=texts
    End If
End Sub

' A procedure or function of this file, as Excel wants to be told of it.
Public Function Macro(name As String) As String
    Macro = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & name
End Function
