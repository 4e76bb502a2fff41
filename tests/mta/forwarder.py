#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Forwards connections, as a container's userland proxy does: the server behind
it sees the forwarder's address instead of the client's.

forwarder.py ADDRESS PORT TO-ADDRESS TO-PORT
"""

import asyncio
import sys


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main():
    address, port, to_address, to_port = sys.argv[1:]

    async def forward(reader, writer):
        try:
            back_reader, back_writer = await asyncio.open_connection(to_address, to_port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, back_writer), pump(back_reader, writer))

    server = await asyncio.start_server(forward, address, int(port))
    await server.serve_forever()


asyncio.run(main())
