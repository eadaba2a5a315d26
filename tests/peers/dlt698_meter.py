# A DL/T 698.45 meter, played by the package dlt698.
#
# dlt698_meter.py tcp|DEVICE METER: METER is JSON, {"address": "…", "items": {"20000200": […]}},
# where an item is [type, value] in the package's names of types: ["array", [["uint16", 2201]]];
# an octet string is in hexadecimal.
# Prints {"listens": …} once it can be asked, then answers until it is killed.
import json
import sys
import threading

import dlt698
from dlt698.transport import SerialLinkOptions, SerialOptions, SerialParity


def data(item):
    kind, value = item
    if kind in ("array", "structure"):
        value = [data(inner) for inner in value]
    elif kind == "octet_string":
        value = bytes.fromhex(value)
    elif kind == "bit_string":
        value = bytes.fromhex(value)
        return dlt698.Data.bit_string(8 * len(value), value)
    return getattr(dlt698.Data, kind)(value)


def attribute(identifier):
    number = int(identifier, 16)
    return dlt698.Oad(oi=number >> 16, attribute=number >> 8 & 0xFF, index=number & 0xFF)


where, meter = sys.argv[1], json.loads(sys.argv[2])
options = dlt698.ServerOptions()
session = options.protocol
address = session.server
# the package keeps an address as it travels: low byte first
address.bytes = bytes.fromhex(meter["address"])[::-1]
session.server = address
options.protocol = session
server = dlt698.Server(options=options)
for identifier, item in meter["items"].items():
    server.set(attribute(identifier), data(item))
# no association and no login: what a hand-held finds at a meter's local port
profile = dlt698.ConnectionProfile.local_preset
if where == "tcp":
    server.start_tcp("127.0.0.1", 0, profile)
else:
    line = SerialOptions(baud_rate=9600, parity=SerialParity.none)
    server.start_serial_configured(where, line, SerialLinkOptions(baud_rate=9600), profile)
print(json.dumps({"listens": server.local_port or where}), flush=True)
threading.Event().wait()
