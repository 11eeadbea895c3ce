from sandboxes.scripted import sandbox, scripted_guest

__all__ = ["sandbox", "scripted_guest"]
