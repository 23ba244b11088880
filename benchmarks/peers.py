"""The chain written for general solvers: as slopes and as SBML text, and one runner per solver."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

DAYS = np.arange(1.0, 181.0)
STATES = ("bulk", "free", "bound", "translocated", "light_chain", "intact")
START = np.array([1.0, 0.0, 0.0, 0.0, 0.0, 1.0])

# Course inputs, shape (courses, 2): load and loss rate of the light chain; then a tolerance or a
# refinement; out comes intact SNAP-25, shape (courses, days).
Runner = Callable[[np.ndarray, float], np.ndarray]


@dataclass(frozen=True)
class Chain:
    """Rates of the chain [1/d]; load and loss of the light chain differ from course to course."""

    release: float
    clearance: float
    binding: float
    translocation: float
    lysis: float
    synthesis: float

    def slope(self, state, load, loss):
        """Time derivative of the six states [1/d]."""
        bulk, free, bound, translocated, light_chain, intact = state
        return (
            -(self.release + self.clearance) * bulk,
            self.release * bulk - (self.binding + self.clearance) * free,
            self.binding * free - self.translocation * bound,
            self.translocation * bound - self.lysis * translocated,
            self.lysis * translocated - loss * light_chain,
            self.synthesis * (1 - intact - load * light_chain * intact),
        )

    def sbml(self) -> str:
        """The same chain as SBML text, load 1 until set."""
        rates = "".join(
            f'<parameter id="{name}" value="{float(value)!r}" constant="true"/>'
            for name, value in {**vars(self), "load": 1.0, "loss": 1.0}.items()
        )
        states = "".join(
            f'<parameter id="{name}" value="{value}" constant="false"/>'
            for name, value in zip(STATES, START, strict=True)
        )
        return SBML.format(rates=rates, states=states, rules="".join(_rules()))


def _rules():
    """Rate rules of the chain in MathML."""

    def op(name, *parts):
        inner = "".join(part if part.startswith("<") else f"<ci>{part}</ci>" for part in parts)
        return f"<apply><{name}/>{inner}</apply>"

    def flow(rate, state):
        return op("times", rate, state)

    free_out = op("times", op("plus", "binding", "clearance"), "free")
    cut = op("times", "synthesis", "load", "light_chain", "intact")
    slopes = {
        "bulk": op("minus", op("times", op("plus", "release", "clearance"), "bulk")),
        "free": op("minus", flow("release", "bulk"), free_out),
        "bound": op("minus", flow("binding", "free"), flow("translocation", "bound")),
        "translocated": op("minus", flow("translocation", "bound"), flow("lysis", "translocated")),
        "light_chain": op("minus", flow("lysis", "translocated"), flow("loss", "light_chain")),
        "intact": op("minus", op("times", "synthesis", op("minus", "<cn>1</cn>", "intact")), cut),
    }
    for state, slope in slopes.items():
        math = f'<math xmlns="http://www.w3.org/1998/Math/MathML">{slope}</math>'
        yield f'<rateRule variable="{state}">{math}</rateRule>'


SBML = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
    '<model id="chain"><listOfParameters>{rates}{states}</listOfParameters>'
    "<listOfRules>{rules}</listOfRules></model></sbml>"
)


def scipy_runner(chain: Chain, method: str = "LSODA") -> Runner:
    """A solver of SciPy, one course after the other."""

    def run(courses, tolerance):
        return np.stack([_scipy_course(chain, course, tolerance, method) for course in courses])

    return run


def _scipy_course(chain: Chain, course, tolerance: float, method: str) -> np.ndarray:
    solution = solve_ivp(
        lambda _, state: chain.slope(state, *course),
        (0.0, DAYS[-1]),
        START,
        method=method,
        t_eval=DAYS,
        rtol=tolerance,
        atol=tolerance * 1e-2,
    )
    return solution.y[-1]


def roadrunner_runner(chain: Chain) -> Runner:
    """libRoadRunner's CVODE on the SBML text, one course after the other."""
    import roadrunner

    model = roadrunner.RoadRunner(chain.sbml())
    model.timeCourseSelections = ["intact"]

    def run(courses, tolerance):
        model.integrator.relative_tolerance = tolerance
        model.integrator.absolute_tolerance = tolerance * 1e-2
        intact = []
        for load, loss in courses:
            model.reset()
            model.setValue("load", float(load))
            model.setValue("loss", float(loss))
            intact.append(np.array(model.simulate(0, float(DAYS[-1]), len(DAYS) + 1))[1:, 0])
        return np.stack(intact)

    return run


def copasi_runner(chain: Chain) -> Runner:
    """COPASI's LSODA on the SBML text, one course after the other, without data frames."""
    import COPASI

    data = COPASI.CRootContainer.addDatamodel()
    if not data.importSBMLFromString(chain.sbml()):
        raise RuntimeError("COPASI cannot read the chain")
    model, task = data.getModel(), data.getTask("Time-Course")
    task.setMethodType(COPASI.CTaskEnum.Method_deterministic)
    problem, method = task.getProblem(), task.getMethod()
    problem.setDuration(float(DAYS[-1]))
    problem.setStepNumber(len(DAYS))
    problem.setTimeSeriesRequested(True)
    load, loss = (model.getModelValue(name) for name in ("load", "loss"))
    changed = COPASI.ObjectStdVector()
    for one in (load, loss):
        changed.append(one.getInitialValueReference())

    def run(courses, tolerance):
        method.getParameter("Relative Tolerance").setDblValue(tolerance)
        method.getParameter("Absolute Tolerance").setDblValue(tolerance * 1e-2)
        intact = []
        for one_load, one_loss in courses:
            load.setInitialValue(float(one_load))
            loss.setInitialValue(float(one_loss))
            model.updateInitialValues(changed)
            task.initialize(COPASI.CCopasiTask.OUTPUT_UI)
            if not task.process(True):
                raise RuntimeError(task.getProcessError())
            series = task.getTimeSeries()
            titles = [series.getTitle(i) for i in range(series.getNumVariables())]
            column = titles.index("Values[intact]")
            intact.append([series.getData(step, column) for step in range(1, len(DAYS) + 1)])
        return np.array(intact)

    return run


def diffrax_runner(chain: Chain) -> Runner:
    """diffrax's Kvaerno5, all courses in one vmap under jit."""
    import diffrax
    import jax
    import jax.numpy as jnp

    @jax.jit
    def many(courses, tolerance):
        def one(course):
            solution = diffrax.diffeqsolve(
                diffrax.ODETerm(lambda _, state, args: jnp.stack(chain.slope(state, *args))),
                diffrax.Kvaerno5(),
                0.0,
                DAYS[-1],
                dt0=None,
                y0=jnp.asarray(START),
                args=course,
                saveat=diffrax.SaveAt(ts=jnp.asarray(DAYS)),
                stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=tolerance * 1e-2),
                max_steps=100_000,
            )
            return solution.ys[:, -1]

        return jax.vmap(one)(courses)

    return lambda courses, tolerance: np.asarray(many(jnp.asarray(courses), tolerance))
