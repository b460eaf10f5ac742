from .model import calibrate
from .runs import CalibrationRun, calibration_runs
from .store import calibrate_stored

__all__ = ["CalibrationRun", "calibrate", "calibrate_stored", "calibration_runs"]
