"""The numbers behind the plots, each extended by new points alone; without Qt."""
