"""The numbers that other tools print about a network, as readings. How they count operations is in counters.py.

    torchvision     0.28.0       models/vgg.py: the weights' num_params and _ops
    torchinfo       1.8.0        model_statistics.py
    torchsummary    1.5.1        torchsummary.py
    Keras           3.15.1       src/utils/summary_utils.py; the ResNet builder: src/applications/resnet.py
    CS231n          2016-2017    lecture notes, "VGGNet in detail": the memory column
    convnet-burden  2019-01-17   core/burden.m, computeMemory

What a spec cannot know is left out: torchsummary lists a block that is a class of its own once more, with its output,
and a model may call functions where another has modules. Counts are for the ledger's batch.
"""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.claims import amounts, counters, scanners
from cnncalc.claims.costs import Counter
from cnncalc.claims.parts import Reading, part
from cnncalc.claims.prints import (
    burden,
    deepspeed,
    gigaflops,
    keras,
    mebibytes,
    megabytes,
    ptflops,
    thousands,
    torchinfo,
)


def _counts(  # noqa: PLR0913 - what a tool prints has as many sides
    name: str, quantity: str, calls: str, counter: Counter, source: str, prints: Callable[[int], str] = str
) -> Reading:
    """Return a reading of operations; its first word is the tool."""
    tool = name.partition(",")[0]
    return Reading(name, quantity, counter.says, source, counter.parts, tool, calls, prints, counter.not_counted)


TOOLS: tuple[Reading, ...] = (
    Reading(
        "torchvision, num_params",
        "parameters",
        "All parameters, once each.",
        "torchvision 0.28.0",
        part("parameters", amounts.parameters),
        "torchvision",
        "num_params",
    ),
    Reading(
        "torchinfo, params",
        "parameters",
        "All parameters, once each.",
        "torchinfo 1.8.0",
        part("parameters", amounts.parameters),
        "torchinfo",
        "Total params",
        thousands,
    ),
    Reading(
        "torchsummary, params",
        "parameters",
        "Weight and bias of every module, once more for each further call of a shared one.",
        "torchsummary 1.5.1",
        part("weights and biases of modules", amounts.of_modules),
        "torchsummary",
        "Total params",
        thousands,
    ),
    Reading(
        "Keras, total params",
        "parameters",
        "Trainable parameters, and the moving means and variances of batch normalisation.",
        "keras 3.15.1",
        amounts.keras_total,
        "Keras",
        "Total params",
        keras,
    ),
    Reading(
        "Keras, ResNet50's biases",
        "parameters",
        "The total, as Keras builds ResNet50: every convolution has a bias, also before a batch normalisation.",
        "keras 3.15.1, applications/resnet.py",
        amounts.keras_biases,
        "Keras",
        "Total params",
        keras,
    ),
    _counts("torchvision, GFLOPS", "macs", "GFLOPS", counters.TORCHVISION, "torchvision 0.28.0", gigaflops),
    _counts("torchinfo, mult-adds", "macs", "Total mult-adds", counters.TORCHINFO, "torchinfo 1.8.0", torchinfo),
    _counts("ptflops, aten", "macs", "MACs", counters.PTFLOPS_ATEN, "ptflops 0.7.5", ptflops("Mac")),
    _counts("ptflops, pytorch", "macs", "MACs", counters.PTFLOPS, "ptflops 0.7.5", ptflops("Mac")),
    _counts("ptflops, modules alone", "macs", "MACs", counters.PTFLOPS_MODULES, "ptflops 0.7.5", ptflops("Mac")),
    _counts("thop", "macs", "total_ops", counters.THOP, "thop 0.1.1.post2209072238", "{}.0".format),
    _counts("fvcore", "macs", "flops", counters.FVCORE, "fvcore 0.1.5.post20221221"),
    _counts("DeepSpeed, MACs", "macs", "MACs", counters.DEEPSPEED_MACS, "deepspeed 0.19.8", deepspeed("MACs")),
    _counts("convnet-burden, flops", "macs", "flops", scanners.CONVNET_BURDEN, "convnet-burden 2019-01-17", burden),
    _counts("torch.utils.flop_counter", "flops", "total flops", counters.FLOP_COUNTER, "torch 2.13.0"),
    _counts("DeepSpeed, flops", "flops", "flops", counters.DEEPSPEED, "deepspeed 0.19.8", deepspeed("FLOPS")),
    _counts("torchscan", "flops", "FLOPs", scanners.TORCHSCAN, "torchscan 0.2.0", ptflops("FLOPs")),
    Reading(
        "CS231n, values",
        "activation_values",
        "The input and the outputs of convolutions, poolings and FC layers; not of a pooling that changes nothing.",
        "CS231n, VGGNet in detail",
        part("values of input, conv, pool and FC", amounts.lecture_values),
        "CS231n",
        "memory",
    ),
    Reading(
        "CS231n, bytes",
        "activation_bytes",
        "The same values, in bytes.",
        "CS231n, VGGNet in detail",
        amounts.lecture_bytes,
        "CS231n",
        "TOTAL memory",
        mebibytes("MiB"),
    ),
    Reading(
        "torchinfo, forward/backward",
        "activation_bytes",
        "Twice the outputs of layers that have parameters; its MB is 10^6 bytes.",
        "torchinfo 1.8.0",
        amounts.twice_with_parameters,
        "torchinfo",
        "Forward/backward pass size",
        megabytes,
    ),
    Reading(
        "torchsummary, forward/backward",
        "activation_bytes",
        "Twice the outputs of all modules, 4 bytes to a value; its MB is 2^20 bytes. "
        "A block that is a class of its own is listed once more, with its output: not counted here.",
        "torchsummary 1.5.1",
        amounts.twice_of_modules,
        "torchsummary",
        "Forward/backward pass size",
        mebibytes("MB"),
    ),
    Reading(
        "convnet-burden, features",
        "activation_bytes",
        "Every output but those of layers that overwrite their input; its MB is 2^20 bytes.",
        "convnet-burden 2019-01-17",
        part("outputs, ReLU in place", amounts.in_place_bytes),
        "convnet-burden",
        "feat. mem",
        mebibytes("MB", 0),
    ),
    Reading(
        "convnet-burden, features and input",
        "activation_bytes",
        "The same, and the input, which its source leaves out.",
        "convnet-burden 2019-01-17",
        amounts.input_and_in_place,
        "convnet-burden",
        "feat. mem and input",
        mebibytes("MiB"),
    ),
    Reading(
        "torchinfo, params size",
        "parameter_bytes",
        "Parameters in bytes; its MB is 10^6 bytes.",
        "torchinfo 1.8.0",
        amounts.parameter_bytes,
        "torchinfo",
        "Params size",
        megabytes,
    ),
    Reading(
        "torchsummary, params size",
        "parameter_bytes",
        "4 bytes to a parameter; its MB is 2^20 bytes.",
        "torchsummary 1.5.1",
        amounts.module_bytes,
        "torchsummary",
        "Params size",
        mebibytes("MB"),
    ),
)
"""Every number of every tool, by quantity."""
