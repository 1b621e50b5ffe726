"""The stages of compare.ts as Metaflow has them: a task for each, side by side, whose file is kept as an artifact."""

import subprocess

from metaflow import FlowSpec, Parameter, step


class Stages(FlowSpec):
    stages = Parameter("stages", type=int)

    @step
    def start(self):
        self.numbers = list(range(self.stages))
        self.next(self.stage, foreach="numbers")

    @step
    def stage(self):
        self.out = subprocess.run(f"echo {self.input}", shell=True, check=True, capture_output=True).stdout
        self.next(self.join)

    @step
    def join(self, inputs):
        assert [one.out for one in inputs] == [f"{number}\n".encode() for number in range(self.stages)]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Stages()
