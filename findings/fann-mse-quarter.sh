#!/usr/bin/env bash
# The mean square error that FANN reports is a quarter of the mean square error when the output
# has a symmetric activation (range -1 to 1, the usual choice): the difference is halved first.
# The same outputs and targets by a linear output give the whole. The documentation of
# fann_get_MSE says mean square error. Two networks that differ in their output activation cannot
# be compared by it, training stops at another error than was asked for, and numbers do not match
# those that any other tool computes from the same predictions.
# Seen with libfann 2.2.0 (Debian 12) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in libfann-dev=2.2.0+ds-8 libfann2=2.2.0+ds-8 gcc; do
  name=${want%%=*}
  have=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)
  [ "$want" = "$name=$have" ] || { [ "$want" = "$name" ] && [ -n "$have" ]; } || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >run.c <<'CODE'
#include <fann.h>
#include <stdio.h>

/* one input, one output, weights 0: the output is 0 in either case, the target 0.8 */
static double error_of(enum fann_activationfunc_enum activation)
{
    struct fann *net = fann_create_standard(2, 1, 1);
    struct fann_connection connections[2];
    fann_type input = 1, target = 0.8f;
    fann_set_activation_function_output(net, activation);
    fann_get_connection_array(net, connections);
    for (int i = 0; i < 2; i++)
        fann_set_weight(net, connections[i].from_neuron, connections[i].to_neuron, 0);
    fann_reset_MSE(net);
    fann_test(net, &input, &target);
    double error = fann_get_MSE(net);
    fann_destroy(net);
    return error;
}

int main(void)
{
    printf("linear %.2f symmetric sigmoid %.2f symmetric sine %.2f\n", error_of(FANN_LINEAR),
           error_of(FANN_SIGMOID_SYMMETRIC), error_of(FANN_SIN_SYMMETRIC));
    return 0;
}
CODE
gcc -o run run.c -lfann -lm
seen=$(./run)
known='linear 0.64 symmetric sigmoid 0.16 symmetric sine 0.16'
echo 'libfann2 2.2.0+ds-8'
echo 'expected: 0.64 for each: the output is 0 and the target 0.8 (definition of the mean square error)'
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
