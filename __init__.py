"""Lab control, a virtual bench and device models for domain-wall magnetic tunnel junctions.

What a script or a notebook needs is here; the rooms (`dwmtj.instruments`, `dwmtj.protocols`,
`dwmtj.storage`, `dwmtj.analysis`, `dwmtj.simulators`) have the rest. Names are imported on first
use, so `import dwmtj` is quick and needs none of the optional libraries.

    import dwmtj

    bench_file = dwmtj.load_bench_file("virtual-trapezoid")
    staircase = dwmtj.make_protocol("staircase-write", {"cycles": 5})
    with dwmtj.open_bench(bench_file) as bench, dwmtj.Store.open("lab.sqlite") as store:
        outcome = dwmtj.run(staircase, bench, store)
        levels = dwmtj.find_levels(store.points(outcome.run_id))
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
