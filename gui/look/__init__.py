"""The look of the window: colours, font, style sheet, symbols, and small widgets made of them."""
