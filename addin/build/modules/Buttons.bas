' A press on the ribbon, in the menu of cells or on the keyboard, and the line that answers it.
' Excel calls these by their names, so the module is not private; it has no functions, because
' Excel would offer them to cells.
Option Explicit

Private Const STAYS As Long = 20

Private clearedAt As Date
Private panel As IRibbonUI

Public Sub RibbonLoaded(shown As IRibbonUI)
    Set panel = shown
End Sub

Public Sub ShowInMenu(control As IRibbonControl, ByRef visible As Variant)
    visible = LooksLikeSlips(ActiveSheet)
End Sub

' Excel remembers what is visible until it is told to ask again.
Public Sub RefreshMenu()
    If Not panel Is Nothing Then panel.Invalidate
End Sub

Public Sub Press(control As IRibbonControl)
    PressButton control.Tag
End Sub

' Python itself looks out for Esc, between two steps. Without this, Excel would end the call in
' the middle and offer a debugger.
Public Sub PressButton(button As String)
    Application.EnableCancelKey = xlDisabled
    KeepStatus
    Application.StatusBar = Pressed(button)
    On Error Resume Next
    clearedAt = DateAdd("s", STAYS, Now)
    Application.OnTime clearedAt, Macro("ClearStatus")
End Sub

Public Sub ClearStatus()
    clearedAt = 0
    Application.StatusBar = False
End Sub

' A time that is still waiting when the add-in goes would have Excel open it again.
Public Sub KeepStatus()
    If clearedAt = 0 Then Exit Sub
    On Error Resume Next
    Application.OnTime clearedAt, Macro("ClearStatus"), , False
    clearedAt = 0
End Sub
