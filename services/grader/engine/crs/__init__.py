"""The ASTCT grade of CRS: components, combination, holds, attribution, reasons."""
