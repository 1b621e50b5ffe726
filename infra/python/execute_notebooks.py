"""Executes notebooks in place: `python execute_notebooks.py SECONDS NOTEBOOK...`; SECONDS is what a cell may take.

Stock `jupyter execute` takes a cell for done with the kernel's word that it is idle. Deno's kernel sends what a cell has shown
beside that word, and under load after it: the output would be lost.
"""

import sys
from pathlib import Path

import nbformat
from jupyter_client.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError


class PatientClient(NotebookClient):
    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        await super()._async_poll_output_msg(parent_msg_id, cell, cell_index)
        # The kernel answers this only when all that was on its way before has been sent.
        last = self.kc.execute("0", silent=True, store_history=False)
        while True:
            message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=None))
            parent = message["parent_header"].get("msg_id")
            if parent == last and message["content"].get("execution_state") == "idle":
                return
            if parent == parent_msg_id:
                try:
                    self.process_message(message, cell, cell_index)
                except CellExecutionComplete:
                    pass


def execute(path, seconds):
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": path.parent.absolute()}}
    PatientClient(notebook, timeout=seconds, iopub_timeout=seconds, resources=folder).execute()
    nbformat.write(notebook, path)


try:
    for name in sys.argv[2:]:
        execute(Path(name), int(sys.argv[1]))
except CellExecutionError as error:
    sys.exit(f"{name}: {error}")
