from functools import partial

import torch


def train_one_epoch(model, loader, criterion, optimizer, device):
    model.train()
    total, count = 0.0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        loss = optimizer.step(partial(_slopes, model, criterion, images, labels))
        total, count = total + loss * len(images), count + len(images)
    return total / count


def _slopes(model, criterion, images, labels):
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    loss = criterion(model(images), labels)
    slopes = torch.autograd.grad(loss, parameters)
    for parameter, slope in zip(parameters, slopes, strict=True):
        parameter.grad = slope
    return loss.item()
