@echo off
rem Starts the command line; builds it first if that was never done. After changing a source, run
rem mvnw.cmd package. MTLORA_OPTS: further options for the JVM, separated by spaces.
rem MTLORA_MEMORY=small: a smaller Java heap.
setlocal
set "PROJECT=%~dp0"
set "TARGET=%PROJECT%cli\target"

if not exist "%TARGET%\jvm.options" (
  echo building mtlora, once ...>&2
  pushd "%PROJECT%"
  call mvnw.cmd -q -B -Dmaven.test.skip=true -pl cli -am package >&2
  popd
)
if not exist "%TARGET%\jvm.options" (
  echo mtlora: the build failed>&2
  exit /b 1
)

set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=PASSIVE"
if not defined OPENBLAS_THREAD_TIMEOUT set "OPENBLAS_THREAD_TIMEOUT=4"
if defined MTLORA_MEMORY if not "%MTLORA_MEMORY%"=="fast" if not "%MTLORA_MEMORY%"=="small" (
  echo mtlora: MTLORA_MEMORY is "%MTLORA_MEMORY%" but must be fast or small>&2
  exit /b 2
)
set "HEAP="
if "%MTLORA_MEMORY%"=="small" set "HEAP=-Xms32m -Xmn24m"
"%JAVA%" "@%TARGET%\jvm.options" %HEAP% %MTLORA_OPTS% -jar "%TARGET%\mtlora.jar" %*
exit /b %ERRORLEVEL%
