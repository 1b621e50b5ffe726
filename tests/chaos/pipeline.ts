/**
 * A pipeline whose every byte follows from its seed. The training is a chain, in which each step's state depends on the one before:
 * whoever goes on from a torn or a wrong checkpoint ends elsewhere. Whatever process of a stage is killed, the stage fails: else it
 * would say of torn outs that they are good, under `dvc repro` as well.
 */
export const chaosProject = (seed: number, steps: number): Readonly<Record<string, string>> => ({
  'params.yaml': `seed: ${seed}\nsteps: ${steps}\n`,
  'rows.sh': `awk -v seed="$1" 'BEGIN { srand(seed); for (i = 0; i < 40000; i++) print i, rand(), rand() }' > rows.txt\n`,
  'split.sh': `set -e
rm -rf "parts/$1"; mkdir -p "parts/$1"
for i in 1 2 3 4 5 6 7 8; do awk -v part="$1" -v i="$i" '$1 % 8 == i - 1 { print part, $0 }' rows.txt > "parts/$1/$i.txt"; done
`,
  'train.sh': `set -e
newest=$(ls "$REPRISE_CHECKPOINTS" | sort | tail -1)
i=0; state=$(md5sum < parts/a/1.txt | cut -c1-32)
if [ -n "$newest" ]; then read -r i state < "$REPRISE_CHECKPOINTS/$newest/state"; fi
seed=$(sed -n 's/seed: //p' params.yaml)
echo "$seed start $i" >> "$CHAOS_TRACE"
while [ "$i" -lt "$1" ]; do
  sleep "\${CHAOS_STEP:-0.3}"
  i=$((i + 1)); state=$(echo "$state $i" | md5sum | cut -c1-32)
  [ \${#state} = 32 ]
  echo "$seed step $i" >> "$CHAOS_TRACE"
  echo "{\\"step\\": $i, \\"total\\": $1}" >> "$REPRISE_PROGRESS"
  if [ $((i % 5)) = 0 ]; then
    new="$REPRISE_CHECKPOINTS/.new$$"
    rm -rf "$REPRISE_CHECKPOINTS"/.new*
    mkdir "$new" && echo "$i $state" > "$new/state" && cat rows.txt > "$new/weights" || exit 1
    mv "$new" "$REPRISE_CHECKPOINTS/step-$(printf %04d "$i")" || exit 1
  fi
done
mkdir -p model && echo "$state" > model/state && cat parts/b/*.txt > model/weights
`,
  'dvc.yaml': `stages:
  rows:
    cmd: sh rows.sh \${seed}
    deps: [rows.sh]
    params: [seed]
    outs: [rows.txt]
    meta: {reprise: {retries: 1000, heartbeat: 5s, grace: 3s}}
  split:
    foreach: [a, b, c]
    do:
      cmd: sh split.sh \${item}
      deps: [rows.txt, split.sh]
      outs: ['parts/\${item}']
      meta: {reprise: {retries: 1000, heartbeat: 5s, grace: 3s}}
  train:
    cmd: sh train.sh \${steps}
    deps: [parts/a, parts/b, rows.txt, train.sh]
    params: [steps]
    outs: [model]
    meta: {reprise: {labels: [npu], retries: 1000, heartbeat: 5s, grace: 3s}}
  evaluate:
    cmd: 'cat model/state parts/c/1.txt | md5sum | cut -c1-8 | sed "s/.*/{\\"score\\": \\"&\\"}/" > metrics.json && test -s metrics.json'
    deps: [model, parts/c]
    metrics: [metrics.json: {cache: false}]
    meta: {reprise: {retries: 1000, heartbeat: 5s, grace: 3s}}
  report:
    cmd: cat metrics.json model/weights > report.txt
    deps: [metrics.json, model]
    outs: [report.txt]
    meta: {reprise: {retries: 1000, heartbeat: 5s, grace: 3s}}
`,
});
