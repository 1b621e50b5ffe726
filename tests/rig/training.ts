import { writeFiles } from './project.js';

/**
 * A stage in `sh` that trains as ours do: steps, progress, checkpoints, and a restart from the newest of them. `CLOCK`: by how many
 * seconds the clock of its host is off.
 */
export const TRAIN = `
steps=$1
trace="\${TRACE:-trace}"
newest=$(ls "$REPRISE_CHECKPOINTS" | sort | tail -1)
i=0
if [ -n "$newest" ]; then i=$(cat "$REPRISE_CHECKPOINTS/$newest/step"); fi
echo "start $i" >> "$trace"
while [ "$i" -lt "$steps" ]; do
  i=$((i + 1))
  [ -e quick ] || sleep 0.2
  echo "step $i" >> "$trace"
  echo "{\\"step\\": $i, \\"total\\": $steps, \\"metrics\\": {\\"loss\\": 0.5}}" >> "$REPRISE_PROGRESS"
  if [ $((i % 5)) = 0 ]; then
    rm -rf "$REPRISE_CHECKPOINTS/.new"
    mkdir "$REPRISE_CHECKPOINTS/.new"
    echo "$i" > "$REPRISE_CHECKPOINTS/.new/step"
    [ -z "$CLOCK" ] || touch -d "@$(($(date +%s) + CLOCK))" "$REPRISE_CHECKPOINTS/.new"
    mv "$REPRISE_CHECKPOINTS/.new" "$REPRISE_CHECKPOINTS/step-$(printf %03d "$i")"
  fi
done
echo "trained $i" > model
`;

/** What is left of the training has not to be waited for: its steps take no time from now on. */
export const hurry = (root: string): void => writeFiles(root, { quick: '' });

/** `prepare` → `train` (so many steps of 0.2 s) → `report`. */
export const trainingProject = (steps: number): Readonly<Record<string, string>> => ({
  'train.sh': TRAIN,
  'dvc.yaml': `stages:
  prepare:
    cmd: echo data > data
    outs: [data]
  train:
    cmd: sh train.sh ${steps}
    deps: [data, train.sh]
    outs: [model]
  report:
    cmd: cat model > report.txt
    deps: [model]
    outs: [report.txt]
`,
});
