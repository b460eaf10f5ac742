from .estimate import DryRun, FieldTrace, PulseTrain, check_against_limits, dry_run

__all__ = ["DryRun", "FieldTrace", "PulseTrain", "check_against_limits", "dry_run"]
