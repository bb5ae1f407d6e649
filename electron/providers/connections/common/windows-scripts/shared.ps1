# What every script begins with, behind param($p, $content): what it is given. It returns one hashtable; `content` of it are bytes.
# For errors, $global:about is the path that is worked on.

# Ends the script with a trouble that the caller has a sentence for.
function Stop-With([string]$trouble) {
    $problem = New-Object System.IO.IOException $trouble
    $problem.Data['trouble'] = $trouble
    throw $problem
}

# Attributes of what is there, of a link and not of what it leads to; null when there is nothing.
function Get-Attribute([string]$path) {
    try {
        return [int][System.IO.File]::GetAttributes($path)
    }
    catch {
        $problem = $_.Exception.GetBaseException()
        if ($problem -is [System.IO.FileNotFoundException] -or $problem -is [System.IO.DirectoryNotFoundException]) {
            return $null
        }
        throw
    }
}

# The nearest part of a path that is a link, itself included; null when there is none.
function Find-Link([string]$path) {
    $at = $path
    while ($at) {
        $attributes = Get-Attribute $at
        if ($null -ne $attributes -and ($attributes -band 0x400) -ne 0) {
            $item = Get-Item -LiteralPath $at -Force
            if ($item.LinkType -eq 'SymbolicLink' -or $item.LinkType -eq 'Junction') {
                return $item
            }
        }
        $at = [System.IO.Path]::GetDirectoryName($at)
    }
    return $null
}

# Where a path leads, whatever part of it is a link.
function Resolve-Link([string]$path) {
    $full = [System.IO.Path]::GetFullPath($path)
    for ($turn = 0; $turn -lt 40; $turn++) {
        $link = Find-Link $full
        if ($null -eq $link) {
            return $full
        }
        $place = $link.FullName
        $target = [string]@($link.Target)[0]
        if (-not [System.IO.Path]::IsPathRooted($target)) {
            $target = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($place), $target)
        }
        $full = [System.IO.Path]::GetFullPath($target + $full.Substring($place.Length))
    }
    Stop-With 'failed'
}

# Where the path of a file leads. Ends the script where there is none.
function Resolve-File([string]$path) {
    $global:about = $path
    $real = Resolve-Link $path
    $attributes = Get-Attribute $real
    if ($null -eq $attributes) {
        Stop-With 'missing'
    }
    if (($attributes -band 0x10) -ne 0) {
        Stop-With 'is-directory'
    }
    return $real
}

function Open-File([string]$path) {
    return [System.IO.File]::Open($path, 'Open', 'Read', 'ReadWrite, Delete')
}

# SHA-256 in lower-case hexadecimal.
function Get-Sum([string]$path) {
    $sha = New-Object System.Security.Cryptography.SHA256CryptoServiceProvider
    $stream = Open-File $path
    try {
        return [BitConverter]::ToString($sha.ComputeHash($stream)).Replace('-', '').ToLowerInvariant()
    }
    finally {
        $stream.Dispose()
        $sha.Dispose()
    }
}

# Owner, group and access control list, as SDDL.
function Get-Right([string]$path) {
    return [System.IO.File]::GetAccessControl($path, 'Owner, Group, Access').GetSecurityDescriptorSddlForm('Owner, Group, Access')
}
