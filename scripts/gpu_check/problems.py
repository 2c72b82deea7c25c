"""What is measured: real sizes for an accelerator, and tiny ones that a pretended one can compute."""

# Layers of Llama-3 8B and 70B and of DeepSeek-V3: outputs, inputs (harness/suites/llm.toml).
LAYERS = ((6144, 4096), (4096, 4096), (28672, 4096), (4096, 14336), (10240, 8192), (8192, 8192),
          (57344, 8192), (8192, 28672), (24576, 1536), (7168, 16384), (4096, 7168), (7168, 2048))
ATTENTIONS = ((1, 32, 8, 4096, 4096, 128, "causal"), (1, 32, 8, 4096, 4096, 128, "none"),
              (4, 32, 32, 2048, 2048, 64, "causal"), (16, 32, 8, 1, 8192, 128, "none"))


def matmul(m, n, k, a="bf16", c="bf16", layout="nt"):
    return f"matmul m={m} n={n} k={k} a={a} c={c} layout={layout}"


def attention(b, hq, hkv, sq, skv, d, mask):
    return f"attention b={b} hq={hq} hkv={hkv} sq={sq} skv={skv} d={d} type=bf16 mask={mask}"


def fields(text):
    return dict(pair.split("=") for pair in text.split()[1:])


class Real:
    """For a large GPU. `budget`, `burn` and `timeout` are those of one measurement; `edge` are the
    seconds of load that nvidia-smi's log loses at both ends.
    """

    budget, burn, timeout, edge = "500ms", "8s", "30s", 1.5
    quick = ("--suite", "quick")
    conform = ("--quick",)
    # Arithmetic from registers alone; products of a library, which alone reach the peak of chips
    # whose matrix instructions read shared memory; traffic far beyond any cache.
    ceilings = (*(f"fma n=1048576 steps=65536 type={type}" for type in ("f32", "bf16", "i8")),
                *(matmul(8192, 8192, 8192, a, c) for a, c in
                  (("bf16", "bf16"), ("f16", "f16"), ("f8e4m3", "f32"), ("i8", "i32"))),
                matmul(4096, 4096, 4096, "f32", "f32"),
                "copy n=268435456 type=f32", "triad n=268435456 type=f32")
    # The most telling first: what the time does not suffice for is left out.
    llm = (matmul(8192, 8192, 8192), *(attention(*one) for one in ATTENTIONS),
           *(matmul(2048, n, k) for n, k in LAYERS), *(matmul(16, n, k) for n, k in LAYERS),
           matmul(8192, 8192, 8192, "f8e4m3", "f32"), matmul(8192, 8192, 8192, "i8", "i32"))
    load = matmul(8192, 8192, 8192)
    kernels = (matmul(8192, 8192, 8192), attention(*ATTENTIONS[0]),
               "mla_decode b=16 skv=8192 type=bf16 dist=normal",
               "grouped_matmul tokens=4096 n=4096 k=7168 groups=8 a=bf16 c=bf16 layout=nt"
               " routing=zipf")


class Rehearsed:
    """The same steps over a pretended GPU: the figures mean nothing."""

    budget, burn, timeout, edge = "10ms", "500ms", "10m", 0.0
    quick = ("--problem", "launch n=64")
    conform = ("--quick", "--clause", "device")
    ceilings = ("fma n=512 steps=64 type=bf16", "copy n=2097152 type=f32")
    llm = (matmul(32, 64, 48), attention(1, 2, 1, 32, 32, 64, "causal"),
           matmul(64, 64, 64, "i8", "i32"))
    load = matmul(64, 64, 64)
    kernels = (matmul(32, 64, 48),)
