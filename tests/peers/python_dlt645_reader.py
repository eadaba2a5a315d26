# Reads a DL/T 645-2007 meter with the package python-dlt645, which has a virtual environment of its
# own, because its module is called dlt645 as well.
#
# python_dlt645_reader.py PORT|DEVICE: asks who is there, then for the combined active energy.
# Prints {"address": …, "combined_total": …, "error": null or what the package complains of}.
import json
import socket
import sys

import dlt645
import serial
from dlt645.exceptions import FrameChecksumError, FrameFormatError

where = sys.argv[1]
if where.isdigit():
    line = socket.create_connection(("127.0.0.1", int(where)), 5).makefile("rwb", buffering=0)
else:
    # parity N: a pty has none, and says so by an error when it is asked for even parity again
    line = serial.Serial(where, baudrate=1200, parity=serial.PARITY_NONE, timeout=5)
said = {"address": None, "combined_total": None, "error": None}
try:
    said["address"] = dlt645.get_addr(line)
    said["combined_total"] = dlt645.get_active_energy(said["address"], line)
except (FrameChecksumError, FrameFormatError, IndexError) as error:
    said["error"] = type(error).__name__
print(json.dumps(said))
