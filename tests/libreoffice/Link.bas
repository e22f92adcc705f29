' Stands in for the Link of Excel: the same functions, and Python behind an object of UNO.
Option Explicit

Private door As Variant

Public Sub Connect(told As Variant)
    Set door = told
End Sub

Public Function Answer(formula As String, arguments As Variant) As Variant
    Dim given() As Variant
    Dim places As Variant
    Dim values As Variant
    Dim i As Long
    If UBound(arguments) >= 0 Then ReDim given(0 To UBound(arguments))
    For i = 0 To UBound(arguments)
        values = arguments(i)
        given(i) = values
    Next i
    places = Array()
    values = Array()
    Answer = Shown(door.invoke(Array(formula, given), places, values))
End Function

Public Function Looks(sheet As Variant) As Boolean
    Looks = LooksLikeSlips(ThisWorkbook.Worksheets(sheet))
End Function

' LibreOffice calls the cells of a result by row and then column, a cell formula by both at once.
Private Function Shown(result As Variant) As Variant
    Dim cells() As Variant
    Dim row As Variant
    Dim i As Long
    Dim j As Long
    If Not IsArray(result) Then
        Shown = ShownCell(result)
        Exit Function
    End If
    ReDim cells(0 To UBound(result), 0 To UBound(result(0)))
    For i = 0 To UBound(result)
        row = result(i)
        For j = 0 To UBound(row)
            If VarType(row(j)) = vbString Then
                cells(i, j) = ShownCell(row(j))
            Else
                cells(i, j) = row(j)
            End If
        Next j
    Next i
    Shown = cells
End Function

Private Function ShownCell(cell As Variant) As Variant
    ShownCell = cell
    If VarType(cell) = vbString Then
        If Left(cell, 1) = Chr(1) Then ShownCell = CVErr(CLng(Mid(cell, 2)))
    End If
End Function
