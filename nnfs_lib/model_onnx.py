"""Models for other programs, in the exchange format ONNX."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .activations import ReLU, Sigmoid, Softmax
from .binary_losses import SigmoidCrossEntropy
from .layers import Dense
from .loss_base import Loss
from .losses import SoftmaxCrossEntropy
from .model_file import write_whole
from .regularization import Dropout

OPERATORS = {
    ReLU: "Relu",
    Sigmoid: "Sigmoid",
    Softmax: "Softmax",
    SoftmaxCrossEntropy: "Softmax",
    SigmoidCrossEntropy: "Sigmoid",
}
"""What ONNX calls an activation; a loss that takes scores has one, too, which `Model.predict` applies."""


def export(model: Any, path: str | os.PathLike[str]) -> None:
    """Write what `Model.predict` computes: see `Model.export_onnx`."""
    try:
        from onnx import TensorProto, checker, helper, numpy_helper
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'export_onnx needs the package onnx: pip install "nnfs-lib[onnx]"'
        ) from error

    nodes: list[Any] = []
    arrays: list[Any] = []
    values = "X"  # what flows from one node to the next

    def add(operator: str, *inputs: str) -> None:
        nonlocal values
        result = f"values_{len(nodes)}"
        nodes.append(helper.make_node(operator, [values, *inputs], [result]))
        values = result

    dense = [layer for layer in model.layers if isinstance(layer, Dense)]
    for position, layer in enumerate(model.layers):
        if type(layer) is Dense:
            names = f"layers.{position}.weights", f"layers.{position}.biases"
            # ONNX's Gemm is inputs @ weights + biases, if nothing is said about factors and transposes
            for name, array in zip(names, (layer.weights, layer.biases[0])):
                arrays.append(numpy_helper.from_array(array.copy(), name))
            add("Gemm", *names)
        elif type(layer) in OPERATORS:
            add(OPERATORS[type(layer)])
        elif type(layer) is not Dropout:  # which passes everything on
            raise TypeError(
                f"{layer!r} has no counterpart in ONNX: Dense, ReLU, Sigmoid, Softmax and Dropout have"
            )
    if not dense:
        raise ValueError(
            "a model without a Dense layer has no number of inputs to write down"
        )
    found = {str(layer.dtype) for layer in dense}
    if len(found) > 1:
        raise ValueError(
            "the layers' types are float32 and float64, but ONNX multiplies numbers of one type: "
            "make all layers with the same dtype"
        )
    if type(model.loss) in OPERATORS:
        add(OPERATORS[type(model.loss)])
    elif type(model.loss).predictions is not Loss.predictions:
        raise TypeError(
            f"what {model.loss!r} makes of its scores has no counterpart in ONNX: "
            "SoftmaxCrossEntropy and SigmoidCrossEntropy have, and losses that take predictions as they are"
        )
    (dtype,) = found
    types = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}
    signature = [
        helper.make_tensor_value_info(name, types[dtype], ["n_samples", width])
        for name, width in (("X", dense[0].n_inputs), (values, dense[-1].n_neurons))
    ]
    graph = helper.make_graph(nodes, "model", signature[:1], signature[1:], arrays)
    made = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,  # old enough for every runtime in use
        producer_name="nnfs_lib",
    )
    checker.check_model(made, full_check=True)
    write_whole(Path(path), lambda file: file.write(made.SerializeToString()))
