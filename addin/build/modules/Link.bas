' Between the formulas and Python. Nothing else in the project knows how Python is reached:
' the tests with LibreOffice put another Link with the same functions in this place.
Option Explicit
Option Private Module

Private Const PROGRAM As String = "Settle.Link"
Private Const DOOR As String = "addin.bridge.excel"
Private Const PAUSE As Long = 10 ' seconds
Private Const ESC As Long = 18 ' Err.Number when the clerk interrupts

Private server As Object
Private bridge As Object
Private silentUntil As Date

' What a cell shows. Python itself never raises; whatever goes wrong here is the link. Then the
' server is asked for anew, once: it may have been ended. Without Python the add-in is not there
' for the cell, hence #NAME?; an interrupted call is #VALUE!.
Public Function Answer(formula As String, arguments As Variant) As Variant
    Dim attempt As Long
    Dim fault As Long
    Dim place As Variant
    Dim facts As Variant
    Dim i As Long
    If InWizard() Then
        Answer = "(按确定后计算)"
        Exit Function
    End If
    place = Here()
    facts = FactsOf(arguments)
    For i = LBound(arguments) To UBound(arguments)
        arguments(i) = Given(arguments(i))
    Next i
    EscIsAnError
    On Error GoTo Gone
Again:
    If Not Connected() Then
        Answer = CVErr(xlErrName)
        Exit Function
    End If
    Answer = Shown(server.Var(server.Call(bridge, "answer", _
        server.Tuple(formula, Packed(arguments), _
            place(0), place(1), place(2), place(3), Packed(facts), place(4)))))
    Exit Function
Gone:
    fault = Err.Number
    Disconnect
    attempt = attempt + 1
    If attempt = 2 Or fault = ESC Then
        Answer = CVErr(xlErrValue)
    Else
        Resume Again
    End If
End Function

' The line for the status bar. An action may have written before the link broke, so it is never
' begun a second time: the link is tried before it.
Public Function Pressed(button As String) As String
    silentUntil = 0
    If Not Alive() Then Disconnect
    If Not Connected() Then
        Pressed = "Python没有启动。请运行 settle doctor(环境自检)查明原因"
        Exit Function
    End If
    On Error GoTo Gone
    Pressed = server.Var(server.Call(bridge, "press", server.Tuple(button, Application)))
    Exit Function
Gone:
    Disconnect
    Pressed = "Python中途退出,这一步可能没有做完。请看处理日志,再运行 settle doctor(环境自检)"
End Function

Public Sub Disconnect()
    Set bridge = Nothing
    Set server = Nothing
End Sub

' After a start that failed, a sheet full of formulas does not try again one by one.
Private Function Connected() As Boolean
    If bridge Is Nothing And Now >= silentUntil Then
        On Error Resume Next
        Set server = CreateObject(PROGRAM)
        If Not server Is Nothing Then Set bridge = server.Module(DOOR)
        On Error GoTo 0
        If bridge Is Nothing Then silentUntil = DateAdd("s", PAUSE, Now)
    End If
    Connected = Not bridge Is Nothing
End Function

Private Function Alive() As Boolean
    On Error Resume Next
    Alive = (server.Len(server.Tuple()) = 0)
End Function

' Without this Excel offers a debugger when the clerk interrupts a calculation.
Private Sub EscIsAnError()
    On Error Resume Next
    Application.EnableCancelKey = xlErrorHandler
End Sub

' The wizard calculates at each key that is pressed; while it is open, Excel greys out File New.
Private Function InWizard() As Boolean
    On Error Resume Next
    InWizard = Not Application.CommandBars("Standard").Controls(1).Enabled
End Function

' Workbook, sheet, row and column of the formula, and whether its workbook counts days from 1904;
' blank when no cell asks (Evaluate, a name).
Private Function Here() As Variant
    Here = Array("", "", 0, 0, False)
    If TypeName(Application.Caller) = "Range" Then Here = PlaceOf(Application.Caller)
End Function

Private Function PlaceOf(ByVal cell As Range) As Variant
    PlaceOf = Array(cell.Worksheet.Parent.FullName, cell.Worksheet.Name, cell.Row, cell.Column, _
        CBool(cell.Worksheet.Parent.Date1904))
End Function

' An argument as it travels: a range by its values, blank if it was left out.
Private Function Given(argument As Variant) As Variant
    If IsObject(argument) Then
        Given = ValuesOf(argument)
    ElseIf IsArray(argument) Then
        Given = InRows(argument)
    ElseIf IsMissing(argument) Then
        Given = Empty
    Else
        Given = argument
    End If
End Function

' Several areas in one argument have no order that a result could spill in.
Private Function ValuesOf(cells As Variant) As Variant
    If TypeName(cells) <> "Range" Then
        ValuesOf = CVErr(xlErrValue)
    ElseIf cells.Areas.Count > 1 Then
        ValuesOf = CVErr(xlErrValue)
    ElseIf cells.Worksheet.Parent.Date1904 Then
        ValuesOf = CountedFrom1900(Used(cells).Value)
    Else
        ValuesOf = Used(cells).Value2
    End If
End Function

' The number of a day depends on its workbook, and Python knows the usual one only.
Private Function CountedFrom1900(ByVal values As Variant) As Variant
    Dim i As Long
    Dim j As Long
    If IsArray(values) Then
        For i = LBound(values, 1) To UBound(values, 1)
            For j = LBound(values, 2) To UBound(values, 2)
                values(i, j) = AsNumber(values(i, j))
            Next j
        Next i
        CountedFrom1900 = values
    Else
        CountedFrom1900 = AsNumber(values)
    End If
End Function

Private Function AsNumber(cell As Variant) As Variant
    If VarType(cell) = vbDate Or VarType(cell) = vbCurrency Then
        AsNumber = CDbl(cell)
    Else
        AsNumber = cell
    End If
End Function

' Whole columns and rows end where the sheet does; they still begin where they begin, so that a
' result stays beside its row.
Private Function Used(cells As Variant) As Range
    Dim filled As Range
    Dim height As Long
    Dim width As Long
    Set filled = cells.Worksheet.UsedRange
    height = cells.Rows.Count
    width = cells.Columns.Count
    If height = cells.Worksheet.Rows.Count Then height = filled.Row + filled.Rows.Count - 1
    If width = cells.Worksheet.Columns.Count Then width = filled.Column + filled.Columns.Count - 1
    Set Used = cells.Resize(height, width)
End Function

' What the values of the first range do not tell: its first row, no day from 1904 any more, and
' merged cells as top, left, bottom, right within it. addin/bridge/wire.py.
Private Function FactsOf(arguments As Variant) As Variant
    Dim i As Long
    Dim cells As Object
    Dim merged As New Collection
    FactsOf = Array()
    For i = LBound(arguments) To UBound(arguments)
        If TypeName(arguments(i)) = "Range" Then
            Set cells = Used(arguments(i))
            CollectMerged cells, cells, merged
            FactsOf = Array(cells.Row, False, Listed(merged))
            Exit Function
        End If
    Next i
End Function

' Halves without merged cells are left out, so a long table costs little.
Private Sub CollectMerged(part As Object, whole As Object, merged As Collection)
    Dim height As Long
    Dim width As Long
    If Not IsNull(part.MergeCells) Then
        If Not part.MergeCells Then Exit Sub
    End If
    height = part.Rows.Count
    width = part.Columns.Count
    If height > 1 Then
        CollectMerged part.Resize(height \ 2, width), whole, merged
        CollectMerged part.Offset(height \ 2, 0).Resize(height - height \ 2, width), whole, merged
    ElseIf width > 1 Then
        CollectMerged part.Resize(1, width \ 2), whole, merged
        CollectMerged part.Offset(0, width \ 2).Resize(1, width - width \ 2), whole, merged
    Else
        AddMerged part, whole, merged
    End If
End Sub

' Once for each, at the first of its cells that the range holds; what lies outside is cut off.
Private Sub AddMerged(cell As Object, whole As Object, merged As Collection)
    Dim area As Object
    Dim top As Long
    Dim left As Long
    Dim bottom As Long
    Dim right As Long
    Set area = Application.Intersect(cell.MergeArea, whole)
    top = area.Row - whole.Row + 1
    left = area.Column - whole.Column + 1
    bottom = top + area.Rows.Count - 1
    right = left + area.Columns.Count - 1
    If cell.Row = area.Row And cell.Column = area.Column Then
        merged.Add Array(top, left, bottom, right)
    End If
End Sub

Private Function Listed(found As Collection) As Variant
    Dim list() As Variant
    Dim i As Long
    Listed = Array()
    If found.Count = 0 Then Exit Function
    ReDim list(0 To found.Count - 1)
    For i = 1 To found.Count
        list(i - 1) = found(i)
    Next i
    Listed = list
End Function

' Excel hands over the constant {1,2,3} as a list; it is one row.
Private Function InRows(list As Variant) As Variant
    Dim row() As Variant
    Dim i As Long
    Dim last As Long
    On Error Resume Next
    last = UBound(list, 2)
    If Err.Number = 0 Then
        InRows = list
        Exit Function
    End If
    On Error GoTo 0
    ReDim row(0 To 0, LBound(list) To UBound(list))
    For i = LBound(list) To UBound(list)
        row(0, i) = list(i)
    Next i
    InRows = row
End Function

Private Function Packed(list As Variant) As Object
    If UBound(list) < LBound(list) Then
        Set Packed = server.Tuple()
    Else
        Set Packed = server.TupleFromArray(list)
    End If
End Function

' Errors travel as the character 1 before the number of CVErr: addin/bridge/wire.py.
Private Function Shown(result As Variant) As Variant
    Dim i As Long
    Dim j As Long
    If IsArray(result) Then
        For i = LBound(result, 1) To UBound(result, 1)
            For j = LBound(result, 2) To UBound(result, 2)
                If VarType(result(i, j)) = vbString Then result(i, j) = ShownText(result(i, j))
            Next j
        Next i
        Shown = result
    ElseIf VarType(result) = vbString Then
        Shown = ShownText(result)
    Else
        Shown = result
    End If
End Function

Private Function ShownText(text As Variant) As Variant
    If Left$(text, 1) = Chr$(1) Then
        ShownText = CVErr(CLng(Mid$(text, 2)))
    Else
        ShownText = text
    End If
End Function
