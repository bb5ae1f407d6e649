"""The parts of a Linux desktop that a tray application talks to, for tests: a status notifier watcher that is as strict
as GNOME's, and a notification service. Commands come as JSON lines on stdin, answers leave as JSON lines on stdout."""

import hashlib
import json
import os

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

ITEM = "org.kde.StatusNotifierItem"
WATCHER = "org.kde.StatusNotifierWatcher"
MENU = "com.canonical.dbusmenu"
NOTES = "org.freedesktop.Notifications"
PROPERTIES = "org.freedesktop.DBus.Properties"


class Watcher(dbus.service.Object):
    def __init__(self, bus):
        self.bus = bus
        self.item = None
        self.refused = []
        name = dbus.service.BusName(WATCHER, bus, do_not_queue=True)
        super().__init__(name, "/StatusNotifierWatcher")

    @dbus.service.method(WATCHER, in_signature="s", out_signature="", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        if service.startswith("/"):
            item = (sender, service)
        elif dbus.validate_bus_name(str(service)) is None and self.bus.name_has_owner(service):
            item = (sender, "/StatusNotifierItem")
        else:
            self.refused.append(str(service))
            raise dbus.exceptions.DBusException("not a bus name and not a path: %s" % service)
        self.item = item
        self.StatusNotifierItemRegistered("%s%s" % item)

    @dbus.service.method(WATCHER, in_signature="s", out_signature="")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.signal(WATCHER, signature="s")
    def StatusNotifierItemRegistered(self, service):
        pass

    @dbus.service.signal(WATCHER, signature="")
    def StatusNotifierHostRegistered(self):
        pass

    def values(self):
        items = ["%s%s" % self.item] if self.item else []
        return {
            "RegisteredStatusNotifierItems": dbus.Array(items, signature="s"),
            "IsStatusNotifierHostRegistered": dbus.Boolean(True),
            "ProtocolVersion": dbus.Int32(0),
        }

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, _interface, name):
        return self.values()[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, _interface):
        return self.values()


class Notes(dbus.service.Object):
    def __init__(self, bus):
        self.shown = []
        self.closed = []
        super().__init__(dbus.service.BusName(NOTES, bus, do_not_queue=True), "/org/freedesktop/Notifications")

    @dbus.service.method(NOTES, in_signature="", out_signature="as")
    def GetCapabilities(self):
        return ["actions", "body", "persistence"]

    @dbus.service.method(NOTES, in_signature="", out_signature="ssss")
    def GetServerInformation(self):
        return ("mock", "trustkeep tests", "1", "1.2")

    @dbus.service.method(NOTES, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, _icon, summary, body, actions, hints, timeout):
        number = int(replaces) or len(self.shown) + 1
        self.shown.append(
            {
                "id": number,
                "app": str(app),
                "title": str(summary),
                "body": str(body),
                "actions": [str(action) for action in actions],
                "urgency": int(hints.get("urgency", 1)),
                "timeout": int(timeout),
            }
        )
        return dbus.UInt32(number)

    @dbus.service.method(NOTES, in_signature="u", out_signature="")
    def CloseNotification(self, number):
        self.closed.append(int(number))
        self.NotificationClosed(number, 3)

    @dbus.service.signal(NOTES, signature="uu")
    def NotificationClosed(self, number, reason):
        pass

    @dbus.service.signal(NOTES, signature="us")
    def ActionInvoked(self, number, action):
        pass


class Desktop:
    def __init__(self, bus):
        self.bus = bus
        self.watcher = Watcher(bus)
        self.notes = Notes(bus)

    def face(self, path, interface):
        """Through the unique name, as real panels do."""
        return dbus.Interface(self.bus.get_object(self.watcher.item[0], path, introspect=False), interface)

    def gone(self):
        return self.watcher.item is None or not self.bus.name_has_owner(self.watcher.item[0])

    def tray(self, _order):
        if self.gone():
            return None
        item = self.face(self.watcher.item[1], PROPERTIES).GetAll(ITEM, timeout=30)
        if not item.get("IconPixmap") and not item.get("IconName"):
            return None  # registered, but nothing to see yet
        tip = item["ToolTip"]
        return {
            "id": str(item["Id"]),
            "tooltip": str(tip[2]) or str(tip[3]),
            "icon": hashlib.sha256(self.picture(item)).hexdigest(),
            "menu": self.lines(),
        }

    def picture(self, item):
        """Chromium gives pixels to some desktops and a file to others."""
        if item.get("IconPixmap"):
            return bytes(bytearray(max(item["IconPixmap"], key=lambda picture: picture[0])[2]))
        name, folder = str(item["IconName"]), str(item.get("IconThemePath", ""))
        for path in (name, os.path.join(folder, name), os.path.join(folder, name + ".png")):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    return file.read()
        raise FileNotFoundError("the tray has no picture: %s in %s" % (name, folder))

    def layout(self):
        path = self.face(self.watcher.item[1], PROPERTIES).Get(ITEM, "Menu", timeout=30)
        menu = self.face(path, MENU)
        _revision, tree = menu.GetLayout(0, -1, dbus.Array([], signature="s"), timeout=30)
        return menu, tree[2]

    def lines(self):
        _menu, children = self.layout()
        return [self.line(child) for child in children]

    def line(self, child):
        return {
            "label": str(child[1].get("label", "")).replace("__", "\0").replace("_", "").replace("\0", "_"),
            "type": str(child[1].get("type", "standard")),
            "enabled": bool(child[1].get("enabled", True)),
            "checked": int(child[1].get("toggle-state", 0)) == 1,
        }

    def choose(self, order):
        menu, children = self.layout()
        for child in children:
            line = self.line(child)
            if order["label"] in line["label"]:
                menu.Event(child[0], "clicked", dbus.Int32(0, variant_level=1), dbus.UInt32(0), timeout=30)
                return line["label"]
        raise ValueError("the menu has no line with %s" % order["label"])

    def activate(self, _order):
        self.face(self.watcher.item[1], ITEM).Activate(0, 0, timeout=30)

    def notifications(self, _order):
        return self.notes.shown

    def closed(self, _order):
        return self.notes.closed

    def invoke(self, order):
        self.notes.ActionInvoked(dbus.UInt32(order["id"]), order.get("action", "default"))

    def refused(self, _order):
        return self.watcher.refused


def main():
    DBusGMainLoop(set_as_default=True)
    desktop = Desktop(dbus.SessionBus())
    loop = GLib.MainLoop()

    unread = b""

    def hear(channel, _condition):
        nonlocal unread
        part = os.read(channel, 65536)
        if not part:
            loop.quit()
            return False
        *lines, unread = (unread + part).split(b"\n")
        for line in lines:
            obey(json.loads(line))
        return True

    def obey(order):
        try:
            answer = {"answer": getattr(desktop, order["do"])(order)}
        except Exception as error:  # the test is told, the desktop lives on
            answer = {"error": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps({"number": order["number"], **answer}), flush=True)

    GLib.io_add_watch(0, GLib.IO_IN | GLib.IO_HUP, hear)
    print(json.dumps({"number": 0, "answer": "ready"}), flush=True)
    loop.run()


main()
