"""The command `dwmtj serve`, the bench file it prints and the record it keeps."""
