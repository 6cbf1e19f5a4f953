"""What a site may use that others run: no file of a bundle is for it, only its endpoint is known."""
