"""The command that starts the server."""

from argparse import Namespace

from comfyvn.interfaces.cli.output import Printer
from comfyvn.interfaces.cli.tools import ServeOptions, Tools


def serve(tools: Tools, args: Namespace, out: Printer) -> int:
    """Start the server and stay until it is stopped."""
    return tools.serve(
        ServeOptions(
            host=args.host,
            port=args.port,
            server_only=args.server_only,
            server_url=args.server_url,
            reload=args.server_reload,
            browser=not (args.no_browser or args.server_only or args.window),
            window=args.window,
            verbose=args.verbose,
        )
    )
