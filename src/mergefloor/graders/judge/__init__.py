"""The judge: guards, the request, the strict reading of its reply, the grade, the canaries."""
