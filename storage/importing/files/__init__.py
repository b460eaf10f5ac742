"""Files of other programs as tables: text, HDF5, Excel, MATLAB and QCoDeS."""
