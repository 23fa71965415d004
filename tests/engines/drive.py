"""Drives a page in an old Chromium, that of Qt WebEngine: a command per line on standard input, an answer per line on
standard output, both JSON. `tests/stand/engines.ts` speaks to it. PyQt 5 and 6 alike.

    {"open": "https://…", "width": 1280, "height": 800, "scripts": true}    answers once it is loaded
    {"wait": "expression", "seconds": 20}     its value, once that is neither false nor null nor undefined
    {"click": "selector", "text": "…"}        the mouse, at the middle of the first, or of the first that has the text
    {"paste": "text"}                         into what has the focus
    {"files": ["/path", …]}                   what the next choice of a file gives
    {"text": ""}                              what the page shows, scripts or not
    {"picture": "/path.png"}

The answer is {"value": …} or {"error": "…"}, and `console` has the errors that the page told since the last one.
"""

import json
import signal
import sys
import threading

try:
    from PyQt6.QtCore import QEvent, QLocale, QObject, QPoint, QPointF, Qt, QTimer, QUrl, pyqtSignal
    from PyQt6.QtGui import QGuiApplication, QMouseEvent
    from PyQt6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile, QWebEngineSettings, qWebEngineChromiumVersion
    from PyQt6.QtWebEngineWidgets import QWebEngineView
    from PyQt6.QtWidgets import QApplication

    def chromium():
        return qWebEngineChromiumVersion()

except ImportError:
    from PyQt5.QtCore import QEvent, QLocale, QObject, QPoint, QPointF, Qt, QTimer, QUrl, pyqtSignal
    from PyQt5.QtGui import QGuiApplication, QMouseEvent
    from PyQt5.QtWebEngineWidgets import QWebEnginePage, QWebEngineProfile, QWebEngineSettings, QWebEngineView
    from PyQt5.QtWidgets import QApplication

    def chromium():
        return QWebEngineProfile.defaultProfile().httpUserAgent().split("Chrome/")[1].split(" ")[0]


POLL_MS = 20
# After which a press that nobody heard is made again.
AGAIN_MS = 3_000


class Page(QWebEnginePage):
    """A page that tells its errors, and is given files without a dialog."""

    def __init__(self, profile):
        super().__init__(profile)
        self.said = []
        self.files = []

    def javaScriptConsoleMessage(self, level, message, line, source):
        if level == QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel:
            self.said.append(message)

    def chooseFiles(self, mode, old, types):
        files, self.files = self.files, []
        return files


class Driver(QObject):
    """Does one command after the other, in Qt's loop."""

    came = pyqtSignal(str)

    def __init__(self):
        super().__init__()
        # Off the record: nothing kept from a run before.
        self.profile = QWebEngineProfile()
        self.profile.setHttpAcceptLanguage("zh-CN")
        self.page = Page(self.profile)
        self.page.settings().setAttribute(QWebEngineSettings.WebAttribute.JavascriptCanPaste, True)
        self.page.settings().setAttribute(QWebEngineSettings.WebAttribute.JavascriptCanAccessClipboard, True)
        self.view = QWebEngineView()
        self.view.setPage(self.page)
        self.left = []
        self.busy = False
        self.came.connect(self.take)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in sys.stdin:
            self.came.emit(line)
        self.came.emit("")

    def take(self, line):
        self.left.append(line)
        self.next()

    def next(self):
        if self.busy or not self.left:
            return
        line = self.left.pop(0)
        if not line:
            QApplication.instance().quit()
            return
        self.busy = True
        command = json.loads(line)
        name = next(iter(command))
        try:
            getattr(self, "do_" + name)(command)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is told
            self.answer(error=repr(error))

    def answer(self, **fields):
        said, self.page.said = self.page.said, []
        print(json.dumps({**fields, "console": said}), flush=True)
        self.busy = False
        QTimer.singleShot(0, self.next)

    def do_open(self, command):
        attribute = QWebEngineSettings.WebAttribute.JavascriptEnabled
        self.page.settings().setAttribute(attribute, command.get("scripts", True))
        self.view.resize(command.get("width", 1280), command.get("height", 800))
        self.view.show()

        url = QUrl(command["open"])
        late = QTimer(self, singleShot=True, interval=command.get("seconds", 60) * 1000)

        # A page that was still at something ends first, and not finely: that is no answer to this load.
        def loaded(fine):
            if fine and self.page.url().matches(url, QUrl.UrlFormattingOption.RemoveFragment):
                ended(value=chromium())

        def ended(**fields):
            late.stop()
            self.page.loadFinished.disconnect(loaded)
            self.answer(**fields)

        late.timeout.connect(lambda: ended(error="it does not load"))
        late.start()
        self.page.loadFinished.connect(loaded)
        self.page.load(url)

    def do_wait(self, command):
        script = (
            "(function () { try { return JSON.stringify({ value: (%s) }); }"
            " catch (error) { return JSON.stringify({ error: String(error) }); } })()" % command["wait"]
        )
        left = command.get("seconds", 20) * 1000 // POLL_MS

        def look():
            self.page.runJavaScript(script, seen)

        def seen(text):
            nonlocal left
            found = json.loads(text) if text else {"error": "it can't be evaluated"}
            left -= 1
            if found.get("value") not in (None, False):
                self.answer(value=found["value"])
            elif left > 0:
                QTimer.singleShot(POLL_MS, look)
            else:
                self.answer(error="in vain: %s (%s)" % (command["wait"], found))

        look()

    def do_click(self, command):
        found = (
            "Array.from(document.querySelectorAll(%s)).filter(function (one) { return one.textContent.indexOf(%s) >= 0; })[0]"
            % (json.dumps(command["click"]), json.dumps(command.get("text", "")))
        )
        # What is drawn, and with it what the mouse hits, lies a frame or two behind what the page says.
        begin = (
            "(function () { var found = %s; if (!found) return false; found.scrollIntoView({ block: 'center' });"
            " window.driven = { frames: 0, heard: false };"
            " addEventListener('mousedown', function () { window.driven.heard = true; }, { capture: true, once: true });"
            " requestAnimationFrame(function () { requestAnimationFrame(function () { window.driven.frames = 2; }); });"
            " return true; })()" % found
        )
        # A page that goes elsewhere at the press has heard it.
        look = (
            "(function () { var driven = window.driven, found = %s; if (!driven || driven.heard) return 'heard';"
            " if (driven.frames < 2 || !found) return 'early'; var box = found.getBoundingClientRect();"
            " return [box.left + box.width / 2, box.top + box.height / 2]; })()" % found
        )
        left = 20_000 // POLL_MS
        again = 0

        def begun(is_there):
            if is_there:
                self.page.runJavaScript(look, seen)
            else:
                self.answer(error="there is no %s with %r" % (command["click"], command.get("text", "")))

        def seen(at):
            nonlocal left, again
            left -= 1
            if at == "heard":
                return self.answer(value=True)
            if left <= 0:
                return self.answer(error="a press on %s is not heard" % command["click"])
            if isinstance(at, list):
                # One that came to a frame without the button is lost.
                if again <= 0:
                    self.press(QPointF(at[0], at[1]))
                    again = AGAIN_MS // POLL_MS
                again -= 1
            QTimer.singleShot(POLL_MS, lambda: self.page.runJavaScript(look, seen))

        self.page.runJavaScript(begin, begun)

    def press(self, at):
        target = self.view.focusProxy() or self.view
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        for kind, button, buttons in (
            (QEvent.Type.MouseMove, none, none),
            (QEvent.Type.MouseButtonPress, left, left),
            (QEvent.Type.MouseButtonRelease, left, none),
        ):
            there = QPointF(target.mapToGlobal(QPoint(int(at.x()), int(at.y()))))
            event = QMouseEvent(kind, at, there, button, buttons, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(target, event)

    def do_paste(self, command):
        QGuiApplication.clipboard().setText(command["paste"])
        self.page.triggerAction(QWebEnginePage.WebAction.Paste)
        self.answer(value=True)

    def do_files(self, command):
        self.page.files = command["files"]
        self.answer(value=True)

    def do_text(self, command):
        self.page.toPlainText(lambda text: self.answer(value=text))

    def do_picture(self, command):
        # What is drawn lies a frame or two behind.
        QTimer.singleShot(500, lambda: self.answer(value=self.view.grab().save(command["picture"])))


def main():
    # The language of the engine; that of the environment decides the encoding of file names too.
    QLocale.setDefault(QLocale("zh_CN"))
    app = QApplication(sys.argv[:1])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    driver = Driver()
    code = app.exec() if hasattr(app, "exec") else app.exec_()
    # A page must go before its profile.
    driver.view.setPage(None)
    del driver
    return code


if __name__ == "__main__":
    main()
    sys.exit(0)
