"""Where everything came from: lineage, licences, credits, disclosure."""
