# Reads a meter in IEC 62056-21 mode C with the package iec62056-21.
#
# iec62056_21_reader.py PORT|DEVICE: one standard readout. Prints
# {"manufacturer": …, "identification": …, "items": {"1.8.0": ["12.3", "kWh"]}}.
import json
import sys

from iec62056_21.client import Iec6205621Client

where = sys.argv[1]
if where.isdigit():
    client = Iec6205621Client.with_tcp_transport(("127.0.0.1", int(where)))
else:
    client = Iec6205621Client.with_serial_transport(where)
client.connect()
answer = client.standard_readout()
sets = [one for line in answer.data_block.data_lines for one in line.data_sets]
print(
    json.dumps(
        {
            "manufacturer": client.manufacturer_id,
            "identification": client.identification,
            "items": {one.address: [one.value, one.unit] for one in sets},
        }
    )
)
