; The installer for Windows: for one user without an administrator's rights, or for all users. What it lays down, registers
; and leaves is described in docs/windows.md. `cargo xtask windows` builds it:
;   makensis -DVERSION=… -DPROGRAMS=folder -DEXTENSION_ID=… -DOUT=file yinxin.nsi
;
; On the command line:
;   /S            asks and shows nothing
;   /ALLUSERS     for all users; needs an administrator
;   /CURRENTUSER  for this user (what /S does by itself)
;   /D=folder     where to, as the last one, without quotes
;   /EXTENSION_URL=URL   has Chrome, Chromium and Edge install the extension from there, by their policies
; Exit status: 0 done, 1 given up, 2 failed, 3 an administrator is needed, 4 not for this Windows.

Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
; Two builds give the same bytes.
SetDateSave off
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS all

!include MUI2.nsh
!include nsDialogs.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh

; EACH_PROGRAM: a macro that inserts another one for each program, by its name. xtask/src/windows.rs has the list.
!include "${PROGRAMS}\programs.nsh"

!define NAME "Yinxin"
; The one that browsers start and that registers itself.
!define HOST "yinxin-host.exe"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define ABOUT "Software\${NAME}"
; A number of our own in the browsers' lists, whose values have numbers for names.
!define IN_LISTS "8317"

Name "$(NAME_SHOWN)"
OutFile "${OUT}"
BrandingText "${NAME} ${VERSION}"
ShowInstDetails nevershow
ShowUnInstDetails nevershow
InstallDir ""

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=2052 ProductName "印信"
VIAddVersionKey /LANG=2052 FileDescription "印信本机程序安装程序"
VIAddVersionKey /LANG=2052 FileVersion "${VERSION}"
VIAddVersionKey /LANG=2052 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=2052 LegalCopyright "MIT OR Apache-2.0"

Var AllUsers
Var Radio
Var ExtensionUrl
Var Moved

!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_TITLE "$(DONE_TITLE)"
!define MUI_FINISHPAGE_TEXT "$(DONE_TEXT)"
Page custom WhoPage WhoLeave
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
; The first is taken where the user's language is neither.
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

LangString NAME_SHOWN ${LANG_SIMPCHINESE} "印信"
LangString NAME_SHOWN ${LANG_ENGLISH} "Yinxin"
LangString WHO_TITLE ${LANG_SIMPCHINESE} "为谁安装"
LangString WHO_TITLE ${LANG_ENGLISH} "For whom"
LangString WHO_TEXT ${LANG_SIMPCHINESE} "印信本机程序让浏览器扩展能用到您的 UKey。"
LangString WHO_TEXT ${LANG_ENGLISH} "The host program of Yinxin lets its browser extension use your USB key."
LangString WHO_ME ${LANG_SIMPCHINESE} "只为当前用户安装（不需要管理员权限）"
LangString WHO_ME ${LANG_ENGLISH} "For me only (needs no administrator)"
LangString WHO_ALL ${LANG_SIMPCHINESE} "为这台电脑的所有用户安装（需要管理员权限）"
LangString WHO_ALL ${LANG_ENGLISH} "For all users of this computer (needs an administrator)"
LangString DONE_TITLE ${LANG_SIMPCHINESE} "印信已安装"
LangString DONE_TITLE ${LANG_ENGLISH} "Yinxin is installed"
LangString DONE_TEXT ${LANG_SIMPCHINESE} "接下来：打开浏览器，插入 UKey，点击印信扩展的图标。$\r$\n$\r$\n升级时正在使用的浏览器，重新打开后即用新版本。"
LangString DONE_TEXT ${LANG_ENGLISH} "Next: open the browser, insert your key, and click on the extension’s icon.$\r$\n$\r$\nA browser that was at work during an upgrade has the new version once it is opened again."
LangString NEEDS_ADMINISTRATOR ${LANG_SIMPCHINESE} "请以管理员身份运行安装程序，再为所有用户安装；或只为当前用户安装。"
LangString NEEDS_ADMINISTRATOR ${LANG_ENGLISH} "To install for all users, run the installer as an administrator; or install for yourself only."
LangString OLD_WINDOWS ${LANG_SIMPCHINESE} "请在 64 位的 Windows 10 或更新的系统上安装。"
LangString OLD_WINDOWS ${LANG_ENGLISH} "Install it on a 64-bit Windows 10 or newer."
LangString IN_USE ${LANG_SIMPCHINESE} "请关闭浏览器后再试一次：有一个文件正在使用，无法替换。"
LangString IN_USE ${LANG_ENGLISH} "Close the browsers and try again: a file is in use and can’t be replaced."
LangString NOT_REGISTERED ${LANG_SIMPCHINESE} "程序已放好，但未能登记到浏览器。请再次运行安装程序；仍不行时，运行安装文件夹中的 yinxin.exe doctor 查看原因。"
LangString NOT_REGISTERED ${LANG_ENGLISH} "The program is in its place, but not registered with the browsers. Run the installer again; if that does not help, yinxin.exe doctor in its folder tells why."
LangString LEFT ${LANG_SIMPCHINESE} "印信已删除。您自己的设置和日志仍在 %APPDATA%\Yinxin 和 %LOCALAPPDATA%\Yinxin，不需要时可自行删除。"
LangString LEFT ${LANG_ENGLISH} "Yinxin is removed. Your own settings and logs are still in %APPDATA%\Yinxin and %LOCALAPPDATA%\Yinxin; delete them if you don’t need them."

; ── Both ────────────────────────────────────────────────────────────────────────────────────────────────────────────

!macro FAIL CODE TEXT
  SetErrorLevel ${CODE}
  MessageBox MB_OK|MB_ICONSTOP "${TEXT}" /SD IDOK
  Quit
!macroend

; Takes a program out of the way, also one that runs: that can't be deleted, but moved, and on its drive only. Where its folder
; has to keep it, the next installation or removal deletes it.
!macro MOVE_AWAY FILE
  ClearErrors
  Delete "$INSTDIR\${FILE}"
  ${If} ${FileExists} "$INSTDIR\${FILE}"
    StrCpy $0 "$INSTDIR" 2
    StrCpy $1 "$TEMP" 2
    ${If} $0 == $1
      GetTempFileName $Moved
    ${Else}
      GetTempFileName $Moved "$INSTDIR"
    ${EndIf}
    Delete "$Moved"
    ClearErrors
    Rename "$INSTDIR\${FILE}" "$Moved.yinxin-old"
    ${If} ${Errors}
      !insertmacro FAIL 2 "$(IN_USE)"
    ${EndIf}
    Delete /REBOOTOK "$Moved.yinxin-old"
  ${EndIf}
!macroend

!macro LAY_DOWN FILE
  File "${PROGRAMS}\${FILE}"
!macroend

!macro IS_ADMINISTRATOR RESULT
  UserInfo::GetAccountType
  Pop ${RESULT}
!macroend

; Sets the root of the registry and the folders for whom it is.
!macro FOR_WHOM
  ${If} $AllUsers == 1
    SetShellVarContext all
  ${Else}
    SetShellVarContext current
  ${EndIf}
  SetRegView 64
!macroend

!macro POLICY_OF ROOT VENDOR
  WriteRegStr ${ROOT} "Software\Policies\${VENDOR}\ExtensionInstallForcelist" "${IN_LISTS}" "${EXTENSION_ID};$ExtensionUrl"
!macroend

!macro NO_POLICY_OF ROOT VENDOR
  DeleteRegValue ${ROOT} "Software\Policies\${VENDOR}\ExtensionInstallForcelist" "${IN_LISTS}"
  DeleteRegKey /ifempty ${ROOT} "Software\Policies\${VENDOR}\ExtensionInstallForcelist"
!macroend

; ── Install, upgrade, repair: the same ──────────────────────────────────────────────────────────────────────────────

; Of the arguments in $0 what follows /EXTENSION_URL= up to the next blank. GetOptions would end it at its first slash.
Function ReadExtensionUrl
  StrCpy $ExtensionUrl ""
  StrLen $3 "/EXTENSION_URL="
  StrCpy $1 0
  find:
    StrCpy $2 $0 $3 $1
    StrCmp $2 "" done
    StrCmp $2 "/EXTENSION_URL=" found
    IntOp $1 $1 + 1
    Goto find
  found:
    IntOp $1 $1 + $3
  more:
    StrCpy $2 $0 1 $1
    StrCmp $2 "" done
    StrCmp $2 " " done
    StrCmp $2 '"' next
    StrCpy $ExtensionUrl "$ExtensionUrl$2"
  next:
    IntOp $1 $1 + 1
    Goto more
  done:
FunctionEnd

Function .onInit
  ${IfNot} ${AtLeastWin10}
    !insertmacro FAIL 4 "$(OLD_WINDOWS)"
  ${EndIf}
  StrCpy $AllUsers 0
  ${GetParameters} $0
  Call ReadExtensionUrl
  ClearErrors
  ${GetOptions} $0 "/ALLUSERS" $1
  ${IfNot} ${Errors}
    StrCpy $AllUsers 1
    !insertmacro IS_ADMINISTRATOR $1
    ${If} $1 != "Admin"
      !insertmacro FAIL 3 "$(NEEDS_ADMINISTRATOR)"
    ${EndIf}
  ${EndIf}
FunctionEnd

Function WhoPage
  ; Whoever started it anew as an administrator has chosen.
  ${If} $AllUsers == 1
    Abort
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "$(WHO_TITLE)" "$(WHO_TEXT)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateRadioButton} 0 10u 100% 14u "$(WHO_ME)"
  Pop $1
  ${NSD_Check} $1
  ${NSD_CreateRadioButton} 0 30u 100% 14u "$(WHO_ALL)"
  Pop $Radio
  nsDialogs::Show
FunctionEnd

Function WhoLeave
  ${NSD_GetState} $Radio $0
  ${If} $0 == ${BST_CHECKED}
    StrCpy $AllUsers 1
    !insertmacro IS_ADMINISTRATOR $1
    ${If} $1 != "Admin"
      ClearErrors
      ExecShell "runas" "$EXEPATH" "/ALLUSERS"
      ${If} ${Errors}
        StrCpy $AllUsers 0
        MessageBox MB_OK|MB_ICONEXCLAMATION "$(NEEDS_ADMINISTRATOR)"
        Abort
      ${EndIf}
      Quit
    ${EndIf}
  ${EndIf}
FunctionEnd

Section
  !insertmacro FOR_WHOM
  ; Where it is already, unless another folder is named.
  ${If} $INSTDIR == ""
    ReadRegStr $INSTDIR SHCTX "${UNINSTALL}" "InstallLocation"
  ${EndIf}
  ${If} $INSTDIR == ""
    ${If} $AllUsers == 1
      StrCpy $INSTDIR "$PROGRAMFILES64\${NAME}"
    ${Else}
      StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${NAME}"
    ${EndIf}
  ${EndIf}

  SetOutPath "$INSTDIR"
  Delete "$INSTDIR\*.yinxin-old"
  !insertmacro EACH_PROGRAM MOVE_AWAY
  SetOverwrite on
  ClearErrors
  !insertmacro EACH_PROGRAM LAY_DOWN
  !insertmacro LAY_DOWN "LICENSE-MIT.txt"
  !insertmacro LAY_DOWN "LICENSE-APACHE.txt"
  !insertmacro LAY_DOWN "third-party.txt"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  ${If} ${Errors}
    !insertmacro FAIL 2 "$(IN_USE)"
  ${EndIf}

  ; The program itself knows where browsers look.
  ${If} $AllUsers == 1
    nsExec::Exec '"$INSTDIR\yinxin.exe" install --all-users'
  ${Else}
    nsExec::Exec '"$INSTDIR\yinxin.exe" install'
  ${EndIf}
  Pop $0
  ${If} $0 != 0
    !insertmacro FAIL 2 "$(NOT_REGISTERED)"
  ${EndIf}

  ${If} $ExtensionUrl != ""
    !insertmacro POLICY_OF SHCTX "Google\Chrome"
    !insertmacro POLICY_OF SHCTX "Chromium"
    !insertmacro POLICY_OF SHCTX "Microsoft\Edge"
  ${EndIf}

  WriteRegStr SHCTX "${UNINSTALL}" "DisplayName" "$(NAME_SHOWN)"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayIcon" "$INSTDIR\${HOST}"
  WriteRegStr SHCTX "${UNINSTALL}" "Publisher" "Yinxin"
  WriteRegStr SHCTX "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  ${If} $AllUsers == 1
    StrCpy $1 " /ALLUSERS"
  ${Else}
    StrCpy $1 ""
  ${EndIf}
  WriteRegStr SHCTX "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"$1'
  WriteRegStr SHCTX "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S$1'
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD SHCTX "${UNINSTALL}" "EstimatedSize" $0
  SetErrorLevel 0
SectionEnd

; ── Removal ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Function un.onInit
  StrCpy $AllUsers 0
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/ALLUSERS" $1
  ${IfNot} ${Errors}
    StrCpy $AllUsers 1
    !insertmacro IS_ADMINISTRATOR $1
    ${If} $1 != "Admin"
      ; Without a word of its own: Windows asks.
      ${IfNot} ${Silent}
        ClearErrors
        ExecShell "runas" "$EXEPATH" "/ALLUSERS"
        ${IfNot} ${Errors}
          Quit
        ${EndIf}
      ${EndIf}
      !insertmacro FAIL 3 "$(NEEDS_ADMINISTRATOR)"
    ${EndIf}
  ${EndIf}
FunctionEnd

Section "Uninstall"
  !insertmacro FOR_WHOM
  ; A program that is damaged can't take its registration back; its file and this entry go all the same.
  ${If} $AllUsers == 1
    nsExec::Exec '"$INSTDIR\yinxin.exe" uninstall --all-users'
  ${Else}
    nsExec::Exec '"$INSTDIR\yinxin.exe" uninstall'
  ${EndIf}
  Pop $0
  !insertmacro NO_POLICY_OF SHCTX "Google\Chrome"
  !insertmacro NO_POLICY_OF SHCTX "Chromium"
  !insertmacro NO_POLICY_OF SHCTX "Microsoft\Edge"
  Delete "$INSTDIR\*.yinxin-old"
  !insertmacro EACH_PROGRAM MOVE_AWAY
  Delete "$INSTDIR\LICENSE-MIT.txt"
  Delete "$INSTDIR\LICENSE-APACHE.txt"
  Delete "$INSTDIR\third-party.txt"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey SHCTX "${UNINSTALL}"
  SetErrorLevel 0
  MessageBox MB_OK|MB_ICONINFORMATION "$(LEFT)" /SD IDOK
SectionEnd
