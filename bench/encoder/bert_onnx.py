"""BERT as onnxruntime's own optimizer leaves it (fused EmbedLayerNormalization, Attention, SkipLayerNormalization, BiasGelu),
built straight from the safetensors file, so that no exporter stands between the weights and the race."""

import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

MICROSOFT = "com.microsoft"


class Graph:
    def __init__(self, model):
        self.weights = load_file(str(pathlib.Path(model) / "model.safetensors"))
        self.config = json.loads((pathlib.Path(model) / "config.json").read_text())
        self.nodes, self.initializers = [], []

    def constant(self, name, array):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def linear(self, name):
        return self.constant(name + ".weight.T", self.weights[name + ".weight"].T), self.weight(name + ".bias")

    def node(self, kind, inputs, output, domain=MICROSOFT, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def norm(self, name):
        return self.weight(name + ".weight"), self.weight(name + ".bias")

    def layer(self, index, x):
        at = f"encoder.layer.{index}."
        self_attention = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
        qkv = np.concatenate([self.weights[name + ".weight"].T for name in self_attention], 1)
        bias = np.concatenate([self.weights[name + ".bias"] for name in self_attention])
        attended = self.node("Attention", [x, self.constant(at + "qkv", qkv), self.constant(at + "qkv.bias", bias), "lengths"],
                             at + "attended", num_heads=self.config["num_attention_heads"])
        weight, bias = self.linear(at + "attention.output.dense")
        projected = self.node("MatMul", [attended, weight], at + "projected", domain="")
        x = self.node("SkipLayerNormalization", [projected, x, *self.norm(at + "attention.output.LayerNorm"), bias], at + "x1",
                      epsilon=self.config["layer_norm_eps"])
        weight, bias = self.linear(at + "intermediate.dense")
        inner = self.node("MatMul", [x, weight], at + "inner", domain="")
        inner = self.node("BiasGelu", [inner, bias], at + "gelu")
        weight, bias = self.linear(at + "output.dense")
        out = self.node("MatMul", [inner, weight], at + "out", domain="")
        return self.node("SkipLayerNormalization", [out, x, *self.norm(at + "output.LayerNorm"), bias], at + "x2",
                         epsilon=self.config["layer_norm_eps"])

    def build(self, path):
        embeddings = [self.weight(f"embeddings.{part}_embeddings.weight") for part in ("word", "position", "token_type")]
        self.nodes.append(helper.make_node(
            "EmbedLayerNormalization", ["input_ids", "", embeddings[0], embeddings[1], embeddings[2], *self.norm("embeddings.LayerNorm"), "mask"],
            ["embedded", "lengths"], domain=MICROSOFT, epsilon=self.config["layer_norm_eps"]))
        self.initializers = [i for i in self.initializers]
        x = "embedded"
        for index in range(self.config["num_hidden_layers"]):
            x = self.layer(index, x)
        hidden = self.config["hidden_size"]
        self.nodes[-1].output[0] = "hidden"
        inputs = [helper.make_tensor_value_info(n, TensorProto.INT32, ["batch", "length"]) for n in ("input_ids", "mask")]
        graph = helper.make_graph(self.nodes, "bert", inputs, [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["batch", "length", hidden])],
                                  self.initializers)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)], ir_version=9), path)
