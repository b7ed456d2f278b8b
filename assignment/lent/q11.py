import torch


def evaluate(model, loader, device):
    was_training = model.training
    model.eval()
    hits, count = 0, 0
    with torch.no_grad():
        for images, labels in loader:
            guesses = model(images.to(device)).argmax(1).cpu()
            hits, count = hits + int((guesses == labels.cpu()).sum()), count + len(labels)
    model.train(was_training)
    return 100.0 * hits / count
