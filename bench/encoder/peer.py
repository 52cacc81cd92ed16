"""One engine in its own process. Answers the commands of weir_encoder_bench: info, run FILE BATCH, dump FILE BATCH OUT."""

import argparse
import json
import sys
import time

import numpy as np

from texts import read_batches


def torch_engine(model, threads):
    import torch
    from transformers import BertModel

    torch.set_num_threads(threads)
    bert = BertModel.from_pretrained(model, add_pooling_layer=False, attn_implementation="sdpa").eval()

    def forward(ids, mask):
        with torch.inference_mode():
            return bert(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask)).last_hidden_state.numpy()

    return forward, torch.__version__


def onnxruntime_engine(model, threads):
    import tempfile

    import onnxruntime

    from bert_onnx import Graph

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        Graph(model).build(file.name)
        session = onnxruntime.InferenceSession(file.name, options, providers=["CPUExecutionProvider"])
    return (lambda ids, mask: session.run(["hidden"], {"input_ids": ids.astype(np.int32), "mask": mask.astype(np.int32)})[0],
            onnxruntime.__version__)


def openvino_engine(model, threads):
    import openvino
    import torch
    from transformers import BertModel

    bert = BertModel.from_pretrained(model, add_pooling_layer=False, attn_implementation="sdpa").eval()

    class Hidden(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = bert.requires_grad_(False)

        def forward(self, input_ids, attention_mask):
            return self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    example = {"input_ids": torch.ones(2, 16, dtype=torch.int64), "attention_mask": torch.ones(2, 16, dtype=torch.int64)}
    converted = openvino.convert_model(Hidden(), example_input=example)
    settings = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    compiled = openvino.Core().compile_model(converted, "CPU", settings)
    request = compiled.create_infer_request()
    names = [sorted(port.get_names()) for port in compiled.inputs]
    order = [0, 1] if any("ids" in n for n in names[0]) else [1, 0]
    return lambda ids, mask: request.infer({order[0]: ids, order[1]: mask}, share_inputs=True)[compiled.output(0)], openvino.__version__


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=["torch", "onnxruntime", "openvino"])
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, required=True)
    args = parser.parse_args()
    forward, version = globals()[args.engine + "_engine"](args.model, args.threads)
    loaded = {}
    for line in sys.stdin:
        verb, *rest = line.split()
        if verb == "info":
            answer = {"version": version}
        else:
            key = (rest[0], int(rest[1]))
            if key not in loaded:
                loaded[key] = read_batches(*key)
            batches, tokens = loaded[key]
            if verb == "dump":
                with open(rest[2], "wb") as file:
                    for ids, mask in batches:
                        hidden = np.asarray(forward(ids, mask))
                        file.write(np.ascontiguousarray(hidden[mask.astype(bool)], np.float32).tobytes())
                answer = {"tokens": tokens}
            else:
                cpu, start = time.process_time(), time.perf_counter()
                for ids, mask in batches:
                    forward(ids, mask)
                answer = {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu, "tokens": tokens}
        print(json.dumps(answer), flush=True)


main()
