"""Signing at home: the form photographed, a voice recorded, a finger on the glass."""
