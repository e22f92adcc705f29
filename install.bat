@echo off
rem Installs the add-in for this user: no administrator, nothing downloaded but the locked packages.
rem Python: the folder "python" beside this file, else py, else python (3.11 or newer).
setlocal
set PYTHONUTF8=1
chcp 65001 >nul
cd /d "%~dp0"
set FOUND=
if exist "python\python.exe" set FOUND="%~dp0python\python.exe"
if not defined FOUND py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set FOUND=py -3
if not defined FOUND python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set FOUND=python
if not defined FOUND goto none
%FOUND% -m addin.setup %*
set CODE=%ERRORLEVEL%
goto end
:none
echo 没有找到 Python 3.11 或更新的版本。请先安装,或把整个 Python 文件夹放成本文件旁边的 python 文件夹。
set CODE=2
:end
if not defined SETTLE_QUIET pause
exit /b %CODE%
