# Reads a DL/T 645-2007 meter with the package dlt645.
#
# dlt645_reader.py PORT|DEVICE ADDRESS ITEM…: asks who is there, then ADDRESS for each ITEM. The
# package says addresses as they travel, low byte first. Prints {"address": …, "items": {…}}, where
# null is no answer, or none that the package takes.
import json
import sys

from dlt645 import MeterClientService

where, address, items = sys.argv[1], sys.argv[2], sys.argv[3:]
if where.isdigit():
    service = MeterClientService.new_tcp_client("127.0.0.1", int(where), 2.0)
else:
    # parity N: a pty has none, and says so by an error when it is asked for even parity again
    service = MeterClientService.new_rtu_client(where, 1200, 8, 1, "N", 2.0)
if not service.connect():
    sys.exit(f"the package cannot connect to {where}")
found = service.read_address()
service.set_address(address)
values = {}
for identifier in items:
    number = int(identifier, 16)
    read = {0x00: service.read_00, 0x02: service.read_02, 0x04: service.read_04}[number >> 24]
    item = read(number)
    values[identifier] = item.value if item else None
service.disconnect()
print(json.dumps({"address": found.value if found else None, "items": values}, default=str))
