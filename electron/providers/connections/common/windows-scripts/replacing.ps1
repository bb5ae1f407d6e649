# For the scripts that put a new file in the place of another.

# The account that the script runs as, and those who administrate the host: no one else opens what is being written.
function Get-PrivateRight {
    $own = [System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    return "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;$own)"
}

function Set-Right([string]$path, [string]$sddl, [string]$sections) {
    $security = New-Object System.Security.AccessControl.FileSecurity
    $security.SetSecurityDescriptorSddlForm($sddl, $sections)
    [System.IO.File]::SetAccessControl($path, $security)
}

# Owner and group first: who gives a file away may lose the right to change its list.
function Set-AllRight([string]$path, [string]$sddl) {
    $parts = 'Owner, Group'
    $wanted = New-Object System.Security.AccessControl.FileSecurity
    $wanted.SetSecurityDescriptorSddlForm($sddl, $parts)
    $now = [System.IO.File]::GetAccessControl($path, $parts)
    if ($wanted.GetSecurityDescriptorSddlForm($parts) -ne $now.GetSecurityDescriptorSddlForm($parts)) {
        [System.IO.File]::SetAccessControl($path, $wanted)
    }
    Set-Right $path $sddl 'Access'
}

# As Set-AllRight, of an SDDL that has all three (one without a list would open the file to everyone); where that is not allowed, the caller is told that it is about rights.
function Set-KeptRight([string]$path, [string]$sddl) {
    if ($sddl -notmatch '^O:.+G:.+D:[A-Z]*\(') {
        Stop-With 'rights-not-kept'
    }
    try {
        Set-AllRight $path $sddl
    }
    catch {
        Stop-With 'rights-not-kept'
    }
}

# An empty file beside another one, open to no one else.
function New-Beside([string]$target, [string]$random) {
    $name = '.' + [System.IO.Path]::GetFileName($target) + '.trustkeep-' + $random
    $path = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($target), $name)
    [System.IO.File]::Open($path, 'CreateNew', 'Write', 'None').Dispose()
    Set-Right $path (Get-PrivateRight) 'Access'
    return $path
}

# What writes of this file that were cut off have left.
function Remove-Leftover([string]$target) {
    $directory = [System.IO.Path]::GetDirectoryName($target)
    $begin = '.' + [System.IO.Path]::GetFileName($target) + '.trustkeep-'
    if (-not [System.IO.Directory]::Exists($directory)) {
        return
    }
    foreach ($path in [System.IO.Directory]::GetFiles($directory)) {
        $name = [System.IO.Path]::GetFileName($path)
        if ($name.StartsWith($begin, 'OrdinalIgnoreCase') -and $name.Substring($begin.Length) -match '^[0-9a-f]{16}$') {
            [System.IO.File]::SetAttributes($path, 'Normal')
            [System.IO.File]::Delete($path)
        }
    }
}

# Puts a file in the place of another one of its directory. A link is replaced, not what it leads to. What is in use for a moment
# is waited for.
function Move-Over([string]$from, [string]$to) {
    for ($turn = 1; ; $turn++) {
        try {
            $old = Get-Attribute $to
            if ($null -eq $old) {
                [System.IO.File]::Move($from, $to)
                return
            }
            if (($old -band 0x410) -eq 0x410) {
                [System.IO.Directory]::Delete($to)
                continue
            }
            if (($old -band 0x400) -ne 0) {
                [System.IO.File]::Delete($to)
                continue
            }
            if (($old -band 1) -ne 0) {
                [System.IO.File]::SetAttributes($to, [System.IO.FileAttributes]($old -band -2))
            }
            [System.IO.File]::Replace($from, $to, [NullString]::Value, $false)
            return
        }
        catch {
            $code = $_.Exception.GetBaseException().HResult -band 0xFFFF
            if ($turn -gt 5 -or @(32, 33, 1175) -notcontains $code) {
                throw
            }
            Start-Sleep -Milliseconds (40 * $turn)
        }
    }
}

# Hidden, system, read-only and not indexed: what a new file is to have of the one that it replaces.
function Set-KeptAttribute([string]$path, [int]$old) {
    [System.IO.File]::SetAttributes($path, [System.IO.FileAttributes](($old -band 0x2007) -bor 0x20))
}
