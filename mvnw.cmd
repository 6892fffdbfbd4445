@echo off
rem Runs Maven: the version in .mvn\wrapper\maven-wrapper.properties if it is installed already, else
rem an mvn >= 3.8 from the PATH, else that version, downloaded once. Needs a JDK and nothing else.
setlocal
set "PROJECT=%~dp0"
set "PROPERTIES=%PROJECT%.mvn\wrapper\maven-wrapper.properties"
for /f "usebackq tokens=1,* delims==" %%a in ("%PROPERTIES%") do if "%%a"=="mavenVersion" set "VERSION=%%b"
if not defined MAVEN_USER_HOME set "MAVEN_USER_HOME=%USERPROFILE%\.m2"
set "MAVEN=%MAVEN_USER_HOME%\wrapper\dists\mtlora\apache-maven-%VERSION%"

set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java.exe"
"%JAVA%" -version >nul 2>&1
if errorlevel 1 (
  echo mvnw: no Java found: install a JDK 17 or newer and set JAVA_HOME or the PATH to it>&2
  exit /b 1
)

if exist "%MAVEN%\bin\mvn.cmd" goto run

rem mvn.cmd from the PATH, if it is new enough.
for /f "tokens=3,4 delims=. " %%a in ('mvn --version 2^>nul ^| findstr /r /c:"Apache Maven [0-9]"') do (
  if %%a gtr 3 goto path
  if %%a equ 3 if %%b geq 8 goto path
)

"%JAVA%" "%PROJECT%.mvn\wrapper\InstallMaven.java" "%PROPERTIES%" "%MAVEN%"
if errorlevel 1 (
  echo mvnw: no Maven: put an mvn 3.8 or newer on the PATH, or set MVNW_REPOURL to a Maven repository within reach>&2
  exit /b 1
)

:run
"%MAVEN%\bin\mvn.cmd" %*
exit /b %ERRORLEVEL%

:path
echo mvnw: using the Maven on the PATH>&2
mvn %*
exit /b %ERRORLEVEL%
