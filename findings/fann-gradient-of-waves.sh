#!/usr/bin/env bash
# Three activations of FANN are trained by the gradient of another function: the derivatives of
# Gaussian, sine and cosine multiply by the steepness a second time what has been multiplied already.
# At the steepness that every network begins with, 0.5, a Gaussian learns at half its rate, and sine
# and cosine use the slope at another place, which can have the other sign: then a step of training
# goes up the error. At a steepness of 1 all is right. The derivatives that the header gives for
# these activations are the right ones.
# Seen with libfann 2.2.0 (Debian 12) on 30 November 2026.
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

static struct fann *net;
static struct fann_connection connections[2];
static fann_type input = 1;

/* one input of 1, one weight, a bias of 0: the output as a function of the weight */
static double output_of(float weight)
{
    fann_set_weight(net, connections[0].from_neuron, connections[0].to_neuron, weight);
    fann_set_weight(net, connections[1].from_neuron, connections[1].to_neuron, 0);
    return fann_run(net, &input)[0];
}

/* the slope that one step of plain gradient descent uses, over the slope of the output */
static double share(enum fann_activationfunc_enum activation, float steepness, float weight)
{
    net = fann_create_standard(2, 1, 1);
    fann_set_activation_function_output(net, activation);
    if (steepness > 0)
        fann_set_activation_steepness_output(net, steepness);
    fann_set_training_algorithm(net, FANN_TRAIN_INCREMENTAL);
    fann_set_train_error_function(net, FANN_ERRORFUNC_LINEAR);
    fann_set_learning_rate(net, 1);
    fann_get_connection_array(net, connections);
    double slope = (output_of(weight + 0.01f) - output_of(weight - 0.01f)) / 0.02;
    fann_type target = (fann_type)(output_of(weight) + 0.5);
    fann_train(net, &input, &target);
    fann_get_connection_array(net, connections);
    double used = (connections[0].weight - weight) / 0.5;
    fann_destroy(net);
    return used / slope;
}

int main(void)
{
    const float steepness[] = {0, 1};
    for (int i = 0; i < 2; i++)
        printf("%s: sigmoid %.2f gaussian %.2f sine %.2f cosine %.2f%s", i ? "steepness 1" : "as made",
               share(FANN_SIGMOID, steepness[i], 1), share(FANN_GAUSSIAN, steepness[i], 1),
               share(FANN_SIN, steepness[i], 4), share(FANN_COS, steepness[i], 4), i ? "" : " | ");
    return 0;
}
CODE
gcc -o run run.c -lfann -lm
seen=$(./run)
known='as made: sigmoid 1.00 gaussian 0.50 sine -1.30 cosine 0.93 | steepness 1: sigmoid 1.00 gaussian 1.00 sine 1.00 cosine 1.00'
echo 'libfann2 2.2.0+ds-8'
echo 'expected: 1.00 for each: the slope that is used over the slope of the output (difference quotient)'
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}
