# A DL/T 645-2007 meter, played by the package dlt645.
#
# dlt645_meter.py tcp|DEVICE METER: METER is JSON, {"address": "…", "items": {"00010000": 1.5}}.
# Prints {"listens": …} once it can be asked, then answers until it is killed.
import json
import sys
import threading

from dlt645 import MeterServerService

where, meter = sys.argv[1], json.loads(sys.argv[2])
if where == "tcp":
    service = MeterServerService.new_tcp_server("127.0.0.1", 0, 5.0)
else:
    # parity N: a pty has none, and says so by an error when it is asked for even parity again
    service = MeterServerService.new_rtu_server(where, 8, 1, 1200, "N", 5.0)
service.set_address(meter["address"])
for identifier, value in meter["items"].items():
    number = int(identifier, 16)
    write = {0x00: service.set_00, 0x02: service.set_02, 0x04: service.set_04}[number >> 24]
    if not write(number, value):
        sys.exit(f"the package knows no item {identifier}, or not with {value!r}")
if not service.start():
    sys.exit(f"the package does not listen at {where}")
print(json.dumps({"listens": service.server.port}), flush=True)
threading.Event().wait()
