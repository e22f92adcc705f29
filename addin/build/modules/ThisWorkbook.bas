' The add-in comes and goes. The ribbon and the menu of cells go by themselves.
Option Explicit

Private WithEvents host As Application

Private Sub Workbook_Open()
    Set host = Application
    KeysOn
    DescribeFormulas
End Sub

Private Sub host_WorkbookActivate(ByVal book As Workbook)
    DescribeFormulas
End Sub

Private Sub host_SheetBeforeRightClick(ByVal sheet As Object, ByVal cells As Range, Cancel As Boolean)
    RefreshMenu
End Sub

Private Sub Workbook_BeforeClose(Cancel As Boolean)
    Set host = Nothing
    KeysOff
    KeepStatus
    Disconnect
End Sub
